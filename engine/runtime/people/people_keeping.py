"""How long people are kept: aside after long unseen, in the end erased. Who is locked stays."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Protocol

from engine.model.errors import WatchroomError
from engine.model.people.person import Person, PersonPut, RosterEdit
from engine.model.people.settings import PeopleSettings
from engine.model.time import SECOND, Clock
from engine.runtime.ports import SettingsSource
from engine.runtime.side import Side

log = logging.getLogger(__name__)

UPKEEP = "upkeep"
DAY_NS = 86_400 * SECOND


class Erases(Protocol):
    def begin(self, person: Person, reason: str, by: str) -> str:
        """Start erasing somebody."""
        ...

    def resume(self) -> None:
        """Go on with whom erasing was begun and could not be completed."""
        ...


class PeopleKeeping(Side):
    """One run now and then, on any one thread; a second one right after it does nothing.

    Args:
        enter: an edit, as the roster desk takes it.
    """

    def __init__(
        self,
        clock: Clock,
        settings: SettingsSource,
        persons: Callable[[], Mapping[str, Person]],
        enter: Callable[[RosterEdit, str, int], None],
        erasing: Erases,
    ) -> None:
        self._clock, self._settings, self._persons = clock, settings, persons
        self._enter, self._erasing = enter, erasing

    def on_tidy(self, now_ns: int) -> None:
        self.run()

    def run(self) -> None:
        now_ns, settings = self._clock.now_ns(), self._settings.now().recognition
        self._erasing.resume()
        for person in tuple(self._persons().values()):
            try:
                self._apply_bounds(person, settings, now_ns)
            except WatchroomError as error:
                log.warning("people are kept longer than asked for: %s", error)
                return

    def _apply_bounds(self, person: Person, settings: PeopleSettings, now_ns: int) -> None:
        match due(person, settings, now_ns):
            case Due.ERASE:
                self._erasing.begin(person, f"unseen for {settings.erase_days:g} days", UPKEEP)
            case Due.ARCHIVE:
                self._enter(PersonPut(replace(person, archived_ns=now_ns)), UPKEEP, now_ns)
            case None:
                pass


class Due(Enum):
    ARCHIVE = "archive"
    ERASE = "erase"


def due(person: Person, settings: PeopleSettings, now_ns: int) -> Due | None:
    """What is to be done about somebody now."""
    known_ns = last_known_ns(person)
    if person.locked or not known_ns:
        return None
    unseen_days = (now_ns - known_ns) / DAY_NS
    if unseen_days >= settings.erase_days:
        return Due.ERASE
    return Due.ARCHIVE if unseen_days >= settings.archive_days and person.archived_ns is None else None


def last_known_ns(person: Person) -> int:
    """When they were seen, or at least made; 0 where neither is known."""
    return max(person.last_seen_ns or 0, person.created_ns)
