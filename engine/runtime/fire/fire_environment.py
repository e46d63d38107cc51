"""`RISK_*`: what the environment decides about fire weather goes before the settings, for machines that are set up by a script.

RISK_API_URL, RISK_API_LOGIN, RISK_API_PWD, RISK_REFRESH_HOUR_UTC (brought inside 0 to 23). Empty ones count as not set.
"""

from collections.abc import Mapping
from dataclasses import field, replace

from engine.model.errors import InputError
from engine.model.fire.fire import FireSettings
from engine.model.value_class import dataclass

_URL, _LOGIN, _PASSWORD, _HOUR = "RISK_API_URL", "RISK_API_LOGIN", "RISK_API_PWD", "RISK_REFRESH_HOUR_UTC"


@dataclass(frozen=True, slots=True)
class FireOverrides:
    """None: not set. The password shows in no text of this."""

    service_url: str | None = None
    login: str | None = None
    refresh_hour_utc: int | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "FireOverrides":
        """Raises InputError, naming the variable."""
        url, login, password, hour = (environment.get(name, "").strip() or None for name in (_URL, _LOGIN, _PASSWORD, _HOUR))
        return cls(url, login, None if hour is None else _hour(hour), password)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the settings that it decides; `password` among them."""
        given = ("service_url", "login", "refresh_hour_utc", "password")
        return tuple(name for name in given if getattr(self, name) is not None)

    def over(self, settings: FireSettings) -> FireSettings:
        """The settings that hold."""
        given = {name: getattr(self, name) for name in self.names if name != "password"}
        return replace(settings, **given) if given else settings


def _hour(text: str) -> int:
    try:
        return min(max(int(text), 0), 23)
    except ValueError:
        raise InputError(_HOUR, f"{text[:40]!r} is not a whole number") from None
