"""The description of one setting, beside the field of its dataclass:

    radius_m: Annotated[float, Setting("Maximum distance", unit="m", ge=5, le=1000)] = 50.0

Validation, the range, unit and tooltip of its form field, the limits in OpenAPI, the words of an import and docs/reference/settings.md come
from it. `ge`, `gt`, `le` and `lt` mean what they mean in `annotated-types` and pydantic.
"""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, NamedTuple

from engine.model.errors import InputError

UNIT_WORDS = {"min": "minutes", "h": "hours", "°": "degrees", "px": "pixels", "%": "percent"}
"""Units that are written out in a label; all others stand there as they are."""
_KEYS = {"id", "mac", "address", "camera_id"}


class Setting:
    """Never changed once made. No data class, which would cost every start two milliseconds.

    Attributes:
        words: its name on screen, without the unit. help: what a change of it does, one sentence or two.
        unit: of the number, as a symbol where there is one. decimals, step: of its form field, where the usual ones do not do.
        ge, gt, le, lt: None: no limit on that side. unset: the number that stands for none, which is allowed too.
        min_length, max_length: of a text, characters.
        central: it may be in a template for several sites: it says nothing of one site's hardware, secrets, people or retention.
    """

    __slots__ = ("central", "decimals", "ge", "gt", "help", "le", "lt", "max_length", "min_length", "step", "unit", "unset", "words")

    def __init__(
        self,
        words: str,
        help: str = "",
        unit: str = "",
        *,
        ge: float | None = None,
        gt: float | None = None,
        le: float | None = None,
        lt: float | None = None,
        unset: float | None = None,
        min_length: int = 0,
        max_length: int | None = None,
        decimals: int | None = None,
        step: float | None = None,
        central: bool = False,
    ) -> None:
        self.words, self.help, self.unit = words, help, unit
        self.ge, self.gt, self.le, self.lt, self.unset = ge, gt, le, lt, unset
        self.min_length, self.max_length = min_length, max_length
        self.decimals, self.step, self.central = decimals, step, central

    @property
    def is_limited(self) -> bool:
        return (self.low, self.high, self.min_length, self.max_length) != (None, None, 0, None)

    @property
    def low(self) -> float | None:
        return self.gt if self.ge is None else self.ge

    @property
    def high(self) -> float | None:
        return self.lt if self.le is None else self.le

    def allows(self, value: float) -> bool:
        """False for NaN, too."""
        if value == self.unset:
            return True
        above = value >= self.ge if self.ge is not None else self.gt is None or value > self.gt
        return above and (value <= self.le if self.le is not None else self.lt is None or value < self.lt)

    @property
    def label(self) -> str:
        """`Maximum distance, in m`."""
        return f"{self.words}, in {UNIT_WORDS.get(self.unit, self.unit)}" if self.unit else self.words

    @property
    def _symmetric(self) -> bool:
        return self.unit == "°" and self.high is not None and self.low == -self.high

    def range_text(self) -> str:
        """`5–1000`, `±90`; empty without limits on both sides."""
        low, high = self.low, self.high
        if low is None or high is None:
            return ""
        return f"±{_digits(high)}" if self._symmetric else f"{_digits(low)}–{_digits(high)}"

    def check(self, name: str, value: object, prefix: str = "") -> None:
        """Raises InputError (field `name`). None, and whatever is no number, no text and no list of numbers, passes."""
        if isinstance(value, str):
            self._check_length(name, value)
        elif isinstance(value, tuple):
            self._check_each(name, typing.cast("tuple[object, ...]", value))
        elif isinstance(value, (int, float)) and not self.allows(value):
            raise InputError(name, prefix + self._refusal(value))

    def _check_each(self, name: str, values: tuple[object, ...]) -> None:
        if any(isinstance(each, (int, float)) and not self.allows(each) for each in values):
            raise InputError(name, f"each is {_digits(self.low or 0)} to {_digits(self.high or 0)}")

    def _refusal(self, value: float) -> str:
        low, high = self.low, self.high
        if low is None or high is None:
            return f"{value} is negative" if low == 0 else f"{value} is out of range"
        return f"{value} is outside ±{_digits(high)}" if self._symmetric else f"{value} is outside {_digits(low)}–{_digits(high)}"

    def _check_length(self, name: str, text: str) -> None:
        if self.min_length and (len(text.strip()) < self.min_length or len(text) > (self.max_length or len(text))):
            raise InputError(name, "is empty" if self.max_length is None else f"needs {self.min_length} to {self.max_length} characters")
        if self.max_length is not None and len(text) > self.max_length:
            raise InputError(name, f"needs at most {self.max_length} characters")


@cache
def settings_of(kind: type) -> Mapping[str, Setting]:
    """The described fields of a dataclass, in order."""
    found = {field.name: getattr(field.type, "__metadata__", ()) for field in fields(kind)}
    return {name: each for name, notes in found.items() for each in notes if isinstance(each, Setting)}


def check_limits(value: object, prefix: str = "") -> None:
    """For `__post_init__`. `prefix`: of the message. Raises InputError for the first field outside its limits."""
    for name, setting in _limited(type(value)):
        setting.check(name, getattr(value, name), prefix)


@cache
def _limited(kind: type) -> tuple[tuple[str, Setting], ...]:
    return tuple((name, setting) for name, setting in settings_of(kind).items() if setting.is_limited)


class DescribedField(NamedTuple):
    """`path`: from the root on, as `cameras.zones.loiter_s`. `owner`: the class whose field it is. `kind`: its type. `setting` None: it has
    no description."""

    path: str
    owner: type
    kind: Any
    setting: Setting | None


def described_fields(root: type, before: str = "") -> Iterator[DescribedField]:
    """All fields that an import can name one by one: those of parts too, and of the members of lists that have a key."""
    kinds, described = typing.get_type_hints(root), settings_of(root)
    for field in fields(root):
        path = f"{before}.{field.name}".lstrip(".")
        yield DescribedField(path, root, kinds[field.name], described.get(field.name))
        part = part_of(kinds[field.name])
        if part is not None and (typing.get_origin(kinds[field.name]) is not tuple or _KEYS & {each.name for each in fields(part)}):
            yield from described_fields(part, path)


def part_of(kind: Any) -> type | None:
    """The dataclass that a field holds, perhaps as a list or optionally."""
    candidates = (kind, *typing.get_args(kind))
    return next((each for each in candidates if isinstance(each, type) and is_dataclass(each)), None)


def _digits(value: float) -> str:
    """`0.00001`, `100000`, `−10`: never with an exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")
