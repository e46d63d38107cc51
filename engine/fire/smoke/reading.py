"""What edge detectors send: boxes as a text of their format, and times.

Boxes are `[(xmin,ymin,xmax,ymax,confidence),...]`, five at most, all numbers shares 0–1. Spaces, `1.0` and more than three decimals are
taken and normalised: the same box is the same value, however it was written. What is no box is refused.
"""

import re
from datetime import UTC, datetime

from engine.model.errors import InputError
from engine.model.fire.smoke import MOST_BOXES, SmokeBox
from engine.model.incidents.incident import LAST_NS
from engine.model.time import from_iso

LONGEST = 1_000
DECIMALS = 3
_NUMBER = r"\d{1,3}(?:\.\d{0,20})?|\.\d{1,20}"
_BOX = re.compile(rf"\(({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER}),?\)")
_BETWEEN = re.compile(r"\s+")


def read_boxes(text: str) -> tuple[SmokeBox, ...]:
    """`[]` is a picture without smoke. Raises InputError (`boxes`)."""
    if len(text) > LONGEST:
        raise InputError("boxes", f"has {len(text)} characters; at most {LONGEST} are taken")
    plain = _BETWEEN.sub("", text)
    if not (plain.startswith("[") and plain.endswith("]") and len(plain) >= 2):
        raise InputError("boxes", "has to be of the form [(xmin,ymin,xmax,ymax,confidence),...], or []")
    inner = plain[1:-1].removesuffix(",")
    boxes = tuple(map(_smoke_box, re.split(r"(?<=\)),", inner))) if inner else ()
    if len(boxes) > MOST_BOXES:
        raise InputError("boxes", f"are {len(boxes)}; a picture has at most {MOST_BOXES}")
    return boxes


def write_boxes(boxes: tuple[SmokeBox, ...]) -> str:
    """As `read_boxes` reads it, in its shortest form."""
    rows = (",".join(f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".") for value in (*each.box, each.confidence)) for each in boxes)
    return f"[{','.join(f'({row})' for row in rows)}]"


def read_time(text: str) -> int:
    """UTC nanoseconds of an ISO-8601 time. One without a zone is UTC: edge devices that write none have their clocks in UTC.

    Raises InputError (`recorded_at`).
    """
    try:
        moment = datetime.fromisoformat(text)
        time_ns = from_iso((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat())
    except ValueError:
        raise InputError("recorded_at", f"{text[:60]!r} is no ISO-8601 time; write for example 2026-01-02T03:04:05Z") from None
    if not 0 <= time_ns < LAST_NS:
        raise InputError("recorded_at", "is not between 1970 and 2200")
    return time_ns


def _smoke_box(text: str) -> SmokeBox:
    found = _BOX.fullmatch(text)
    if found is None:
        raise InputError("boxes", f"{text[:60]!r} is not of the form (xmin,ymin,xmax,ymax,confidence) with numbers of 0 to 1")
    x0, y0, x1, y1, confidence = (round(float(number), DECIMALS) for number in found.groups())
    return SmokeBox((x0, y0, x1, y1), confidence)
