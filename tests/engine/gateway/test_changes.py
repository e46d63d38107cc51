"""Lists of a snapshot travel as what is new in them, and are the same at the other end."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gateway.live.changes import KEPT, KINDS, ChangesTaken, ChangesTold
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import CandidateKind, Decision, Outcome
from engine.model.errors import InputError
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Incident, IncidentCategory
from engine.model.settings import Settings
from engine.model.snapshot import AlertView, IncidentView, Snapshot
from engine.model.tolerant_wire import read_tolerantly
from tests.engine.store.records import event


def alert(number: int, said: int = 0) -> Alert:
    return Alert(f"al-{number}", "de", "rule", EventKind.INCIDENT, Severity.HIGH, number, said)


def decision(number: int, said: int = 0) -> Decision:
    return Decision(f"de-{number}", CandidateKind.INCIDENT, "in", "", said, Outcome.HELD, (), "")


def incident(number: int, said: int = 0) -> Incident:
    return Incident(f"in-{number}", IncidentCategory.THEFT, "", 50.0, 10.0, 1, 1, said, Severity.MODERATE)


MAKE: dict[str, Callable[[int, int], Any]] = {
    "events": lambda number, said: replace(event(number), received_ns=said),
    "alerts": alert,
    "held": decision,
    "shadows": decision,
    "incidents": incident,
}


class World:
    """Lists that are replaced where something changes, as the engine does."""

    def __init__(self) -> None:
        self.now: dict[str, dict[int, Any]] = {name: {} for name in KINDS}
        self.lists: dict[str, tuple[Any, ...]] = dict.fromkeys(KINDS, ())
        self.number = 0

    def say(self, name: str, number: int) -> None:
        self.number += 1
        self.now[name][number] = MAKE[name](number, self.number)
        self._renew(name)

    def drop(self, name: str, number: int) -> None:
        if self.now[name].pop(number, None) is not None:
            self._renew(name)

    def _renew(self, name: str) -> None:
        self.lists[name] = tuple(reversed(self.now[name].values()))

    def snapshot(self) -> Snapshot:
        lists = self.lists
        alerts = AlertView(lists["alerts"], lists["held"], shadows=lists["shadows"])
        return Snapshot(self.number, 1, Settings(), events=lists["events"], alerts=alerts, incidents=IncidentView(lists["incidents"]))


def sent(told: ChangesTold, now: Snapshot, mark: str) -> dict[str, Any]:
    return json.loads(json.dumps(told.answer(now, mark)))


acts = st.lists(
    st.tuples(st.sampled_from(["say", "say", "drop", "look", "look"]), st.sampled_from(sorted(KINDS)), st.integers(0, 6)), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(acts, st.integers(0, 2))
def test_every_console_sees_what_is(several: list[tuple[str, str, int]], slow: int) -> None:
    world, told, consoles = World(), ChangesTold(), [ChangesTaken() for _ in range(3)]
    for what, name, number in several:
        match what:
            case "say":
                world.say(name, number)
            case "drop":
                world.drop(name, number)
            case _:
                taken = consoles[number % 3]
                assert taken.take(sent(told, world.snapshot(), taken.mark)) == world.snapshot()
    for taken in consoles[:slow]:
        assert taken.take(sent(told, world.snapshot(), taken.mark)) == world.snapshot()


def test_only_what_is_new_travels() -> None:
    world, told, taken = World(), ChangesTold(), ChangesTaken()
    for number in range(5):
        world.say("alerts", number)
        world.say("incidents", number)
    first = sent(told, world.snapshot(), "")
    assert len(first["snapshot"]["alerts"]["alerts"]) == 5 and "changes" not in first
    taken.take(first)
    same = sent(told, world.snapshot(), taken.mark)
    assert same["changes"] == {} and same["mark"] == first["mark"]
    assert same["snapshot"]["alerts"]["alerts"] == same["snapshot"]["incidents"]["incidents"] == []
    world.say("alerts", 3)
    world.drop("alerts", 0)
    changes = sent(told, world.snapshot(), taken.mark)["changes"]
    assert list(changes) == ["alerts"]
    assert [each["id"] for each in changes["alerts"]["changed"]] == ["al-3"]
    assert changes["alerts"]["ids"] == ["al-4", "al-3", "al-2", "al-1"]


def test_who_was_away_for_long_is_told_all_again_and_little_is_kept() -> None:
    world, told, taken = World(), ChangesTold(), ChangesTaken()
    taken.take(sent(told, world.snapshot(), ""))
    for number in range(KEPT + 5):
        world.say("alerts", number % 3)
        told.answer(world.snapshot(), "")
    again = sent(told, world.snapshot(), taken.mark)
    assert "changes" not in again and taken.take(again) == world.snapshot()


def test_a_mark_of_another_run_is_not_known() -> None:
    world, taken = World(), ChangesTaken()
    world.say("events", 1)
    taken.take(sent(ChangesTold(), world.snapshot(), ""))
    again = sent(ChangesTold(), world.snapshot(), taken.mark)
    assert "changes" not in again and taken.take(again) == world.snapshot()


def _without(answer: dict[str, Any]) -> None:
    answer["changes"]["alerts"]["changed"].clear()


def _misshapen(answer: dict[str, Any]) -> None:
    answer["changes"]["alerts"] = [1]


def _mistyped(answer: dict[str, Any]) -> None:
    answer["changes"]["alerts"]["changed"] = [{"id": 3}]


@pytest.mark.parametrize("spoil", [_without, _misshapen, _mistyped])
def test_changes_that_do_not_fit_are_refused_and_the_next_answer_is_whole(spoil: Callable[[dict[str, Any]], None]) -> None:
    world, told, taken = World(), ChangesTold(), ChangesTaken()
    taken.take(sent(told, world.snapshot(), ""))
    world.say("alerts", 1)
    answer = sent(told, world.snapshot(), taken.mark)
    spoil(answer)
    with pytest.raises(InputError):
        taken.take(answer)
    assert taken.mark == ""
    assert taken.take(sent(told, world.snapshot(), taken.mark)) == world.snapshot()


def test_of_another_version_lists_and_members_that_are_not_known_are_left_out() -> None:
    world, told = World(), ChangesTold()
    taken = ChangesTaken(read_tolerantly)
    for number in range(3):
        world.say("events", number)
    first = sent(told, world.snapshot(), "")
    first["snapshot"]["events"][1]["kind"] = "of_another_version"
    known = [event(number).id for number in range(4)]
    assert [each.id for each in taken.take(first).events] == [known[2], known[0]]
    world.say("events", 3)
    world.say("events", 4)
    answer = sent(told, world.snapshot(), taken.mark)
    answer["changes"]["events"]["changed"][0]["severity"] = "of_another_version"
    answer["changes"]["more"] = {"ids": [], "changed": []}
    assert [each.id for each in taken.take(answer).events] == [known[3], known[2], known[0]]
    assert taken.mark == answer["mark"]
