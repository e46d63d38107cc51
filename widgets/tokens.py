"""The theme's numbers and colours as one value, without Qt."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from engine.model.value_class import dataclass
from widgets.look import current_look


@dataclass(frozen=True, slots=True)
class Tokens:
    """Attributes:
    color: role → `#RRGGBB`. opacity: role → 0–1. people: colours by which tracks are told apart, in order.
    severity_shapes: severity word → shape. sizes: type role → pixels, at the size of text that is set.
    images: what the style sheet draws → name of a picture. light: whether the grounds are bright.
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
    images: Mapping[str, str]
    light: bool


def load_tokens(theme: str = "") -> Tokens:
    """The tokens of `resources/theme/<theme>.toml`; without a name those of the look on screen."""
    now = current_look()
    return _tokens(theme or now.theme, now.text_percent, now.reduced_motion)


@cache
def _tokens(theme: str, text_percent: int, reduced_motion: bool) -> Tokens:
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
        sizes={role: max(8, round(size * text_percent / 100)) for role, size in sizes.items()},
        grid=space["grid"],
        radius=space["radius"],
        focus=space["focus"],
        change_ms=0 if reduced_motion else plain["motion"]["change_ms"],
        images=plain["images"],
        light=_luminance(plain["color"]["window"]) > 0.5,
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


@cache
def standing_out(tint: str, towards: str, grounds: tuple[str, ...], least: float = 3.0) -> str:
    """The colour where it stands out of all the grounds (3: WCAG 1.4.11), otherwise the nearest that does on the way to `towards`."""
    shades = (blended(towards, step / 20, tint) if step else tint for step in range(20))
    return next((shade for shade in shades if all(contrast_ratio(shade, ground) >= least for ground in grounds)), towards)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(value / 255) for value in channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
