"""What an ESP32 firmware image says of itself, before it is sent anywhere. Pure.

Layout: ESP-IDF, "App Image Format": the chip's id stands at byte 12 of the header; `esp_app_desc_t` has the project's name at byte 80.
"""

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.sources.node.firmware import check_image, image_version

_PROJECT = slice(80, 112)
_CHIPS = {0: "ESP32", 2: "ESP32-S2", 5: "ESP32-C3", 9: "ESP32-S3", 12: "ESP32-C2", 13: "ESP32-C6", 16: "ESP32-H2"}


@dataclass(frozen=True, slots=True)
class FirmwareImage:
    """`version` and `project` are empty where the image does not tell them."""

    size_bytes: int
    chip: str
    version: str
    project: str


def read_image(data: bytes) -> FirmwareImage:
    """Raises InputError for what no node could start, by the engine's own rules."""
    try:
        check_image(data)
    except InputError as error:
        raise InputError("file", f"The file {error.message}. Choose the .bin file that was built for the nodes.") from None
    chip = int.from_bytes(data[12:14], "little")
    version = image_version(data)
    project = data[_PROJECT].split(b"\0")[0].decode("ascii", "replace").strip() if version else ""
    return FirmwareImage(len(data), _CHIPS.get(chip, f"chip {chip}"), version, project)
