"""How a camera is doing, in words: its state, its last picture, what is wrong and where it is reached."""

from engine.model.health import CameraHealth, CameraState
from engine.model.snapshot import CameraView
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr
from widgets.wall.tile_status import TileStatus, tile_status

_CODECS = {"h264": "H.264", "hevc": "H.265", "h265": "H.265", "mjpeg": "MJPEG"}


def camera_status(health: CameraHealth, now_ns: int) -> TileStatus:
    """As the engine sees it."""
    return tile_status(health, now_ns, now_ns)


def fault_text(health: CameraHealth, now_ns: int) -> str:
    """Since when it is lost, and why; why it is not live otherwise; empty while it is."""
    if health.state is CameraState.LOST:
        return tr("Offline since {0}. {1}").format(clock_text(health.since_ns, now_ns), health.reason)
    return "" if health.state is CameraState.LIVE else camera_status(health, now_ns).reason


def last_picture_text(health: CameraHealth, now_ns: int) -> tuple[str, str]:
    """When it came, and how long ago that is; (what to say instead, empty) where none has come."""
    if not health.last_picture_ns:
        return tr("No picture yet"), ""
    return clock_text(health.last_picture_ns, now_ns), relative_text(health.last_picture_ns, now_ns)


def stream_text(health: CameraHealth) -> str:
    if not health.width:
        return ""
    return f"{health.width} × {health.height} {_CODECS.get(health.codec, health.codec)}".strip()


def camera_matches(view: CameraView, wanted: str, now_ns: int) -> bool:
    """Every word of what is searched for is in its name, group, number, address, state or fault."""
    settings, health = view.settings, view.health
    number = f"#{settings.number} {settings.number}" if settings.number else ""
    said = (settings.name, settings.group, number, settings.url, settings.sub_url, settings.onvif, camera_status(health, now_ns).text)
    text = " ".join((*said, fault_text(health, now_ns))).casefold()
    return all(word in text for word in wanted.casefold().split())
