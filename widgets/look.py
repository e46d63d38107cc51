"""How the application looks just now, and the time zone of the site: one value for the whole process, as Qt has one palette.

Colours and fonts are asked for in every paint, so they are kept; what is kept for a look is forgotten when the look changes (`by_look`).
Main thread only.
"""

from collections.abc import Callable
from dataclasses import field
from datetime import UTC, tzinfo
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.model.value_class import dataclass

THEMES = ("dark", "light", "contrast")
TEXT_PERCENT = (80, 90, 100, 110, 125, 150, 175, 200)
Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Look:
    """Attributes:
    theme: one of `THEMES`. text_percent: 80–200, of the size that the theme gives. reduced_motion: nothing moves on its own.
    language: "en", "de"; "" is this machine's.
    """

    theme: str = "dark"
    text_percent: int = 100
    reduced_motion: bool = False
    language: str = ""


@dataclass(slots=True)
class _Screen:
    """`number` counts changes: what keeps drawn things compares it."""

    look: Look = Look()
    zone: tzinfo = UTC
    number: int = 0
    forget: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])


_SCREEN = _Screen()


def current_look() -> Look:
    return _SCREEN.look


def look_number() -> int:
    """Another number after every change of the look."""
    return _SCREEN.number


def set_look(wanted: Look) -> None:
    """Take this look from now on, and forget what was kept for the last one. `widgets.fields.change_look` also tells the widgets."""
    _SCREEN.look = wanted
    _forget_drawn()


def _forget_drawn() -> None:
    _SCREEN.number += 1
    for forget in _SCREEN.forget:
        forget()


def by_look(function: Function) -> Function:
    """Keep what a function answers as long as the look is the same."""
    kept = cache(function)
    _SCREEN.forget.append(kept.cache_clear)
    return kept  # type: ignore[return-value]


def site_zone() -> tzinfo:
    """The zone of all times on screen: the site's. UTC until a site is known."""
    return _SCREEN.zone


def site_zone_name() -> str:
    return str(getattr(_SCREEN.zone, "key", "UTC"))


def set_site_zone(name: str) -> None:
    """By its IANA name, which settings have checked."""
    if site_zone_name() != name:
        _SCREEN.zone = ZoneInfo(name)
        _forget_drawn()


def scaled(pixels: int) -> int:
    """Pixels of something that holds text, at the size of text that is set."""
    return round(pixels * _SCREEN.look.text_percent / 100)
