"""`ATLAS_*`: what the environment decides about Atlas goes before the settings, for machines that are set up by a script.

ATLAS_URL, ATLAS_API_KEY, ATLAS_ENABLED (true, false), ATLAS_PRODUCT, ATLAS_CONTRACT (planned, real), ATLAS_ROLLOUT_PERCENT,
ATLAS_COORDINATE_DIGITS, ATLAS_TIMEOUT_S, ATLAS_RETRIES, ATLAS_ALLOW_PRIVATE and ATLAS_FALLBACK_ENABLED (true, false). Empty ones count
as not set. The names of the planned contract are read as well: ATLAS_API_URL, ATLAS_TIMEOUT, ATLAS_RETRY_COUNT. Any other ATLAS_* is
told in the log.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any

from engine.model.errors import InputError
from engine.model.incidents.atlas import AtlasSettings
from engine.model.value_class import dataclass

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def _flag(text: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError("is neither true nor false")
    return text.lower() in _YES


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError("is not a whole number")
    return int(text[:10])


def _parse_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("is not a number") from None


_READERS: dict[str, Callable[[str], Any]] = {
    "url": str,
    "enabled": _flag,
    "product": str,
    "contract": str,
    "rollout_percent": _whole,
    "coordinate_digits": _whole,
    "timeout_s": _parse_number,
    "retries": _whole,
    "allow_private": _flag,
    "fallback_enabled": _flag,
}
_KEY = "ATLAS_API_KEY"
_ALSO = {"url": "ATLAS_API_URL", "timeout_s": "ATLAS_TIMEOUT", "retries": "ATLAS_RETRY_COUNT"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Overrides:
    """values: by the field of `AtlasSettings`. The key shows in no text of this."""

    values: tuple[tuple[str, Any], ...] = ()
    key: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Overrides":
        """Raises InputError, naming the variable."""
        known = {_KEY, *_ALSO.values(), *map(_variable, _READERS)}
        for name in sorted(each for each in environment if each.startswith("ATLAS_") and each not in known):
            log.warning("%s is no variable of Atlas and changes nothing. Known are %s.", name, ", ".join(sorted(known)))
        values = tuple((name, value) for name in _READERS if (value := _environment_value(name, environment)) is not None)
        return cls(values, environment.get(_KEY, "").strip() or None)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the settings that it decides; `key` among them."""
        return (*(name for name, _ in self.values), *(("key",) if self.key else ()))

    def apply_to(self, settings: AtlasSettings) -> AtlasSettings:
        """The settings that hold. Raises InputError where both together make no sense."""
        try:
            return replace(settings, **dict(self.values)) if self.values else settings
        except InputError as error:
            known = dict(self.values)
            raise InputError(_variable(error.field) if error.field in known else error.field, error.message) from None


def _variable(name: str) -> str:
    return f"ATLAS_{name.upper()}"


def _environment_value(name: str, environment: Mapping[str, str]) -> Any:
    """By its own name or that of the planned contract; None: by neither."""
    given = {each: environment.get(each, "").strip() for each in (_variable(name), _ALSO.get(name, ""))}
    read = {each: _parse_variable(name, each, text) for each, text in given.items() if text}
    if len(read) == 2 and len(set(read.values())) == 2:
        raise InputError(_ALSO[name], f"says something else than {_variable(name)}; give one of the two")
    return next(iter(read.values()), None)


def _parse_variable(name: str, variable: str, text: str) -> Any:
    try:
        return _READERS[name](text)
    except ValueError as error:
        raise InputError(variable, f"{text[:40]!r} {error}") from None
