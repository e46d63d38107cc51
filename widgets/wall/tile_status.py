"""What a tile says about its camera. The one place that decides whether a picture may look live."""

from engine.model.health import CameraHealth, CameraState
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.time_text import duration_text
from widgets.translation import tr

STALE_NS = 2 * SECOND


@dataclass(frozen=True, slots=True)
class TileStatus:
    """Attributes:
    text: the chip, for example `Live` or `Lost 12 s`. level: see `StatusChip`.
    live: the picture may be shown as live. since_ns: since when there is no picture, where that is a trouble; else None.
    reason: a sentence for the middle of the tile.
    """

    text: str
    level: str
    live: bool
    since_ns: int | None = None
    reason: str = ""


def tile_status(health: CameraHealth, arrived_ns: int | None, now_ns: int, asked_ns: int = 0) -> TileStatus:
    """Status of a tile whose newest picture came at `arrived_ns` on this screen (None: none yet).

    `asked_ns`: since when pictures have been asked for. One from before that is old, and nobody is to blame for it. A camera that the
    engine calls live, but whose pictures have stopped coming here, is not live on this screen.
    """
    if health.state is CameraState.LIVE:
        return _live(health, arrived_ns, now_ns, asked_ns)
    if health.state is CameraState.LOST:
        since = health.last_picture_ns or arrived_ns or health.since_ns
        return TileStatus(tr("Offline {0}").format(_length(now_ns - since)), "critical", False, since, health.reason)
    text = {CameraState.CONNECTING: tr("Connecting"), CameraState.PAUSED: tr("Paused"), CameraState.ENDED: tr("Ended")}[health.state]
    return TileStatus(text, "neutral", False, None, health.reason or _why(health.state))


def _live(health: CameraHealth, arrived_ns: int | None, now_ns: int, asked_ns: int) -> TileStatus:
    if arrived_ns is None or arrived_ns < asked_ns:
        begun_ns = max(health.since_ns, asked_ns, 0)
        late = begun_ns > 0 and now_ns - begun_ns > STALE_NS
        reason = tr("Waiting for the first picture") if arrived_ns is None else tr("Waiting for the next picture")
        return TileStatus(tr("Waiting"), "neutral", False, begun_ns if late else None, reason)
    if now_ns - arrived_ns > STALE_NS:
        text = tr("Stalled {0}").format(_length(now_ns - arrived_ns))
        return TileStatus(text, "critical", False, arrived_ns, tr("The camera is connected, but no video reaches this console"))
    return TileStatus(tr("Live"), "good", True)


def _length(length_ns: int) -> str:
    return duration_text(max(SECOND, length_ns // SECOND * SECOND))


def _why(state: CameraState) -> str:
    return {
        CameraState.CONNECTING: tr("Opening the stream…"),
        CameraState.PAUSED: tr("Camera disabled. Enable it under Devices."),
        CameraState.ENDED: tr("End of file"),
    }[state]
