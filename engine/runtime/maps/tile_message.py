"""The message of a vector tile, for protobuf. Loaded with the first tile."""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError as DecodeError

_FIELDS = descriptor_pb2.FieldDescriptorProto


def _message_class() -> Any:
    """The message `Tile` of vector_tile.proto 2.1, described here, so that no compiler of protobuf is needed."""
    file = descriptor_pb2.FileDescriptorProto(name="watchroom_vector_tile.proto", package="watchroom.vector_tile", syntax="proto2")
    tile = file.message_type.add(name="Tile")
    value, feature, layer = (tile.nested_type.add(name=name) for name in ("Value", "Feature", "Layer"))
    kinds = ("STRING", "FLOAT", "DOUBLE", "INT64", "UINT64", "SINT64", "BOOL")
    for number, kind in enumerate(kinds, 1):
        _add(value, f"{kind.lower()}_value", number, kind)
    _add(feature, "id", 1, "UINT64")
    _add(feature, "tags", 2, "UINT32", many=True)
    _add(feature, "type", 3, "UINT32")  # an enum on the wire is a number
    _add(feature, "geometry", 4, "UINT32", many=True)
    _add(layer, "name", 1, "STRING")
    _add(layer, "features", 2, ".watchroom.vector_tile.Tile.Feature", many=True)
    _add(layer, "keys", 3, "STRING", many=True)
    _add(layer, "values", 4, ".watchroom.vector_tile.Tile.Value", many=True)
    _add(layer, "extent", 5, "UINT32")
    _add(layer, "version", 15, "UINT32")
    _add(tile, "layers", 3, ".watchroom.vector_tile.Tile.Layer", many=True)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("watchroom.vector_tile.Tile"))


def _add(message: Any, name: str, number: int, kind: str, many: bool = False) -> None:
    field = message.field.add(name=name, number=number, label=_FIELDS.LABEL_REPEATED if many else _FIELDS.LABEL_OPTIONAL)
    if kind.startswith("."):
        field.type, field.type_name = _FIELDS.TYPE_MESSAGE, kind
        return
    field.type = getattr(_FIELDS, f"TYPE_{kind}")
    if many and kind == "UINT32":
        field.options.packed = True


TILE = _message_class()
