"""People are put aside after long unseen, and erased in the end (S16)."""

from dataclasses import dataclass, field, replace

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.people.person import Person, PersonPut, RosterEdit
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.people.people_keeping import DAY_NS, PeopleKeeping
from engine.runtime.settings.site_settings import FixedSettings

NOW_NS = 2_000 * DAY_NS


@dataclass
class House:
    persons: dict[str, Person] = field(default_factory=dict[str, Person])
    erased: list[str] = field(default_factory=list[str])
    edits: int = 0
    resumed: int = 0
    busy: bool = False

    def __post_init__(self) -> None:
        self.clock = ManualClock(NOW_NS)
        self.keeping = PeopleKeeping(self.clock, FixedSettings(Settings()), lambda: self.persons, self.enter, self)

    def add(self, person_id: str, seen_days: float | None, **facts: object) -> None:
        seen_ns = None if seen_days is None else NOW_NS - round(seen_days * DAY_NS)
        person = Person(person_id, person_id, created_ns=DAY_NS, last_seen_ns=seen_ns)
        self.persons[person_id] = replace(person, **facts)  # type: ignore[arg-type]

    def enter(self, edit: RosterEdit, by: str, now_ns: int) -> None:
        assert isinstance(edit, PersonPut) and by == "upkeep"
        if self.busy:
            raise EnvironmentFault("busy", "Busy.")
        self.edits += 1
        self.persons[edit.person.id] = edit.person

    def begin(self, person: Person, reason: str, by: str) -> str:
        assert person.name not in reason
        self.erased.append(person.id)
        del self.persons[person.id]
        return "job-1"

    def resume(self) -> None:
        self.resumed += 1


@pytest.mark.parametrize(
    ("seen_days", "archived", "erased"),
    [(179.99, False, False), (180.0, True, False), (729.99, True, False), (730.0, False, True), (1500.0, False, True)],
)
def test_by_the_day(seen_days: float, archived: bool, erased: bool) -> None:
    house = House()
    house.add("anna", seen_days)
    house.keeping.run()
    assert house.erased == (["anna"] if erased else [])
    assert erased or (house.persons["anna"].archived_ns is not None) == archived
    assert house.edits == archived and house.resumed == 1
    house.keeping.run()
    assert house.edits == archived and len(house.erased) == erased


def test_who_is_locked_stays_and_so_does_who_was_never_seen_but_is_new() -> None:
    house = House()
    house.add("locked", 1500, locked=True)
    house.add("new", None, created_ns=NOW_NS - SECOND)
    house.add("of-old", None, created_ns=0)
    house.add("never-seen", None)
    house.keeping.run()
    assert house.edits == 0 and house.erased == ["never-seen"] and house.persons.keys() == {"locked", "new", "of-old"}


def test_what_cannot_be_done_now_is_done_later() -> None:
    house = House(busy=True)
    house.add("anna", 200)
    house.keeping.run()
    assert house.persons["anna"].archived_ns is None
    house.busy = False
    house.keeping.run()
    assert house.persons["anna"].archived_ns == NOW_NS
