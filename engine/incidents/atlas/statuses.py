"""What a status of HTTP means for a call, and when it may be made again."""

import email.utils
import math

from engine.incidents.atlas.fault import BUSY, INTERNAL, KEY_REFUSED, REFUSED, SERVER, WRONG_PLACE, AtlasFault
from engine.incidents.atlas.transport import Reply
from engine.model.time import SECOND

LONGEST_ASKED_S = 3600.0
_LATER = (408, 425, 429)


def check_status(reply: Reply, host: str, now_ns: int) -> None:
    """Raises AtlasFault for everything but success."""
    status, after_s = reply.status, retry_after_s(reply.retry_after, now_ns)
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise AtlasFault(KEY_REFUSED, f"{host} does not accept the key ({status}). Enter the key that was given out for this product.")
    if status in (404, 405, 410) or status < 400:
        raise AtlasFault(WRONG_PLACE, f"{host} has no Atlas at this address ({status}). Check the address and the contract.")
    if status in _LATER:
        raise AtlasFault(BUSY, f"{host} asks to be called less often ({status}).", after_s)
    if status >= 500:
        raise AtlasFault(INTERNAL if status == 500 else SERVER, f"{host} failed ({status}).", after_s)
    raise AtlasFault(REFUSED, f"{host} does not take this call ({status}).")


def retry_after_s(text: str, now_ns: int) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3), as seconds from now, at most an hour; None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:10]), LONGEST_ASKED_S)
    try:
        asked_s = email.utils.parsedate_to_datetime(text).timestamp() - now_ns / SECOND
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return min(max(asked_s, 0.0), LONGEST_ASKED_S) if math.isfinite(asked_s) else None
