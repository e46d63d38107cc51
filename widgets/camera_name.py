"""A camera as people call it: its number, and its name."""

from engine.model.settings import CameraSettings


def numbered_name(camera: CameraSettings) -> str:
    """`12 · North gate`; the name alone where there is no number yet."""
    return f"{camera.number} · {camera.name}" if camera.number else camera.name
