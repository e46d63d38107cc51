"""What sessions can tell the engine to do about fire weather."""

from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.fire.fire import FireSettings
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class ChangeFire:
    """`password` of the risk service: None leaves a stored one as it is, as long as its address and login do; "" forgets it."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    fire: FireSettings
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ImportFireWeather:
    """Take the noon weather of a site from a CSV text (`date,temperature,humidity,wind,rain`), at most 5 MB; days that are known are
    replaced, and everything after the first of them is computed anew. The outcome says how many days became what."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefreshFire:
    """Ask for the classes of today now, not at the hour of the settings."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


FireCommand: TypeAlias = ChangeFire | ImportFireWeather | RefreshFire
