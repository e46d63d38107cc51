"""Limits of settings in OpenAPI, from their descriptions. The engine itself refuses what is outside of them, with its own sentence."""

from pydantic.types import JsonValue

from engine.model.setting import settings_of


def openapi_limits(kind: type, name: str) -> dict[str, JsonValue]:
    """For `json_schema_extra` of a field that carries the setting `name` of the dataclass `kind`."""
    setting = settings_of(kind)[name]
    limits: dict[str, JsonValue] = {
        "minimum": setting.ge if setting.unset is None or setting.ge is None else min(setting.ge, setting.unset),
        "exclusiveMinimum": setting.gt,
        "maximum": setting.le,
        "exclusiveMaximum": setting.lt,
        "minLength": setting.min_length or None,
        "maxLength": setting.max_length,
    }
    return {name: limit for name, limit in limits.items() if limit is not None}
