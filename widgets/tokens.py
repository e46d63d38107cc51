"""The theme's numbers and colours as one value, without Qt."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Tokens:
    """Attributes:
    color: role → `#RRGGBB`. opacity: role → 0–1. people: colours by which tracks are told apart, in order.
    severity_shapes: severity word → shape. sizes: type role → pixels.
    """

    color: Mapping[str, str]
    opacity: Mapping[str, float]
    people: tuple[str, ...]
    severity_shapes: Mapping[str, str]
    families: tuple[str, ...]
    sizes: Mapping[str, int]
    grid: int
    radius: int
    focus: int
    change_ms: int


@cache
def load_tokens(theme: str = "dark") -> Tokens:
    """The tokens of `resources/theme/<theme>.toml`."""
    plain = tomllib.loads(files("resources.theme").joinpath(f"{theme}.toml").read_text("utf-8"))
    sizes = dict(plain["type"])
    families = tuple(sizes.pop("families"))
    space = plain["space"]
    return Tokens(
        color=plain["color"],
        opacity=plain["opacity"],
        people=tuple(plain["categories"]["people"]),
        severity_shapes=plain["severity"],
        families=families,
        sizes=sizes,
        grid=space["grid"],
        radius=space["radius"],
        focus=space["focus"],
        change_ms=plain["motion"]["change_ms"],
    )


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0–255, of `#RRGGBB`."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two opaque colours, 1–21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def blended(top: str, opacity: float, bottom: str) -> str:
    """The opaque colour that `top` at `opacity` (0–1) over `bottom` looks like."""
    mixed = (round(a * opacity + b * (1 - opacity)) for a, b in zip(channels(top), channels(bottom), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(value / 255) for value in channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
