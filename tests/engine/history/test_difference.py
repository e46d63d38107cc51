"""What is the same in two runs is found though ids differ; what is not, is gained or lost."""

from dataclasses import replace

import pytest

from engine.history.replay import difference
from engine.history.replay.difference import Thing, Things, changed_settings, differences, matched
from engine.history.replay.run import tried_settings
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.decision import CandidateKind, Decision, GateReading, Outcome
from engine.model.alerts.settings import AlertSettings, SiteMode
from engine.model.event import Event, EventKind, Severity
from engine.model.history.replay import DifferenceKind, ReplaySettings
from engine.model.radio.blob import Blob, BlobStatus, RadioPicture
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, GateSettings, Settings
from engine.model.time import SECOND

BEGIN = 1_000 * SECOND


def ns(second: float) -> int:
    return BEGIN + round(second * SECOND)


def event(event_id: str, second: float, until: float | None = None, subject: str = "tk-1", **changes: object) -> Event:
    ended = None if until is None else ns(until)
    made = Event(event_id, EventKind.PERSON, "door", subject, Severity.LOW, ns(second), ended, ns(second), 0.8, f"de-{event_id}")
    return replace(made, **changes)  # type: ignore[arg-type]


def things(*results: StepResult) -> Things:
    taken = Things(BEGIN)
    for result in results:
        taken.take_result(result)
    return taken


def of_events(*events: Event) -> Things:
    return things(*(StepResult(number, events=(each,)) for number, each in enumerate(events)))


def counted(same: tuple[tuple[DifferenceKind, int], ...], kind: DifferenceKind) -> int:
    return dict(same)[kind]


def test_the_same_ids_are_the_same() -> None:
    two, three = (of_events(event("ev-1", 1.0), event("ev-2", 5.0), *more) for more in ((), (event("ev-3", 9.0),)))
    gained, lost, same, _ = differences(two, of_events(event("ev-1", 1.0), event("ev-2", 5.0)))
    *_, both = differences(three, of_events(event("ev-2", 5.0), event("ev-1", 1.0)))
    assert [(each.kind, each.id) for each in both] == [(DifferenceKind.EVENT, "ev-1"), (DifferenceKind.EVENT, "ev-2")]
    *_, both = differences(two, of_events(event("ev-1", 1.0), event("ev-2", 5.0)), most=1)
    assert len(both) == 1
    assert (gained, lost, counted(same, DifferenceKind.EVENT)) == ((), (), 2)


def test_the_same_id_of_another_kind_is_not_the_same() -> None:
    other = event("ev-1", 1.0, kind=EventKind.MOTION)
    gained, lost, same, _ = differences(of_events(event("ev-1", 1.0)), of_events(other))
    assert [each.what for each in gained] == ["Motion"] and [each.what for each in lost] == ["Person"]
    assert counted(same, DifferenceKind.EVENT) == 0


def test_what_begins_a_picture_later_is_the_same() -> None:
    gained, lost, same, _ = differences(of_events(event("ev-1", 1.0, 9.0)), of_events(event("ev-7", 1.4, 9.0)))
    assert (gained, lost, counted(same, DifferenceKind.EVENT)) == ((), (), 1)


def test_a_subject_goes_before_a_longer_overlap() -> None:
    """Two people at one door; the first is told later under the other settings."""
    was = of_events(event("ev-1", 1.0, 20.0, "tk-1"), event("ev-2", 2.0, 20.0, "tk-2"))
    tried = of_events(event("ev-8", 15.0, 20.0, "tk-1"))
    gained, lost, _, _ = differences(was, tried)
    assert gained == () and [each.id for each in lost] == ["ev-2"]


def test_long_after_is_another() -> None:
    gained, lost, _, _ = differences(of_events(event("ev-1", 1.0, 3.0)), of_events(event("ev-9", 60.0, 70.0, "tk-5")))
    assert [each.id for each in gained] == ["ev-9"] and [each.id for each in lost] == ["ev-1"]
    assert (lost[0].at_ns, lost[0].until_ns, lost[0].decision_id, lost[0].camera_id) == (ns(1.0), ns(3.0), "de-ev-1", "door")


def test_each_is_one_at_most() -> None:
    was = [Thing(DifferenceKind.EVENT, f"a{n}", ("person",), "", ns(n), ns(n + 5), "") for n in range(5)]
    tried = [Thing(DifferenceKind.EVENT, f"b{n}", ("person",), "", ns(n), ns(n + 5), "") for n in range(3)]
    pairs = matched(was, tried)
    assert len(pairs) == 3 == len(set(pairs.values()))


def test_what_began_before_the_window_is_in_neither() -> None:
    gained, lost, same, _ = differences(of_events(), of_events(event("ev-1", -5.0), event("ev-s", 2.0, shadow=True)))
    assert (gained, lost) == ((), ()) and not any(count for _, count in same)


def alert(alert_id: str, second: float, **changes: object) -> Alert:
    made = Alert(
        alert_id, f"de-{alert_id}", "r1", EventKind.PERSON, Severity.HIGH, ns(second), ns(second), camera_id="door", subject_id="tk-1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_alerts_and_what_was_held_instead() -> None:
    was = things(StepResult(1, alerts=(alert("al-1", 3.0),)), StepResult(2, alerts=(alert("al-1", 3.0, state=AlertState.CLOSED),)))
    tried = things(StepResult(1, decisions=(held("de-5", 3.0),)), StepResult(2, decisions=(held("de-9", 8.0),)))
    gained, lost, same, _ = differences(was, tried)
    assert [(each.kind, each.severity) for each in lost] == [(DifferenceKind.ALERT, 4)]
    assert [(each.kind, each.id, each.until_ns) for each in gained] == [(DifferenceKind.HELD, "de-5", ns(8.0))]
    assert "held by confidence" in gained[0].what
    assert not any(count for _, count in same)


def held(decision_id: str, second: float, outcome: Outcome = Outcome.HELD) -> Decision:
    gates = (GateReading("confidence", 0.5, 0.6, -0.1, False), GateReading("seen", 2.0, 1.0, 1.0, True, "s"))
    return Decision(decision_id, CandidateKind.SEQUENCE, "tk-1", "door", ns(second), outcome, gates, "")


def test_what_was_held_and_then_raised_is_not_held() -> None:
    taken = things(StepResult(1, decisions=(held("de-5", 3.0),)), StepResult(2, decisions=(held("de-5", 3.0, Outcome.RAISED),)))
    assert taken.of_kind(DifferenceKind.HELD) == []


def test_what_was_raised_or_held_can_say_why() -> None:
    taken = things(StepResult(1, decisions=(held("de-5", 3.0), held("de-6", 4.0, Outcome.RAISED), held("de-7", 5.0, Outcome.REJECTED))))
    found = [taken.decision(each) for each in ("de-5", "de-6", "de-7", "de-8")]
    assert [each.id if each is not None else None for each in found] == ["de-5", "de-6", None, None]


def blobs(blob_id: str, x: float, begin: float, end: float) -> list[StepResult]:
    """Somebody who stands still."""
    found: list[StepResult] = []
    for tick in range(round(10 * begin), round(10 * end)):
        still = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.1))
        blob = Blob(blob_id, 1, BlobStatus.CONFIRMED, (x, 1.0, 1.0), still, (0.0, 0.0, 0.0), 0.9, 1.0, ns(begin), ns(tick / 10))
        found.append(StepResult(tick, radio=RadioPicture(ns(tick / 10), (blob,))))
    return found


def test_blobs_by_where_they_were() -> None:
    was = things(*blobs("bl-1", 1.0, 0.0, 30.0), *blobs("bl-2", 5.0, 40.0, 50.0))
    tried = things(*blobs("bl-7", 1.5, 0.5, 30.0), *blobs("bl-8", 1.0, 40.0, 50.0))
    gained, lost, same, _ = differences(was, tried)
    assert [each.id for each in gained] == ["bl-8"] and [each.id for each in lost] == ["bl-2"]
    assert lost[0].position == (5.0, 1.0) and counted(same, DifferenceKind.BLOB) == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "MOST", 10)
    taken = of_events(*(event(f"ev-{number}", float(number)) for number in range(25)))
    assert len(taken.of_kind(DifferenceKind.EVENT)) == 10 and taken.left_out == 15
    standing = things(*blobs("bl-1", 1.0, 0.0, 600.0))
    assert len(standing.of_kind(DifferenceKind.BLOB)[0].places) <= 240


def test_settings_that_differ_one_by_one() -> None:
    then = Settings(cameras=(CameraSettings("door", "Door", "rtsp://192.0.2.1/a"),), alerts=AlertSettings(mode=SiteMode.AWAY))
    tried = ReplaySettings(gates=replace(GateSettings(), min_confidence=0.6), alerts=AlertSettings(version=7, mode=SiteMode.HOME))
    after = tried_settings(then, tried)
    assert after.alerts.mode is SiteMode.AWAY and after.cameras == then.cameras
    assert changed_settings(then, after) == (("gates.min_confidence", "0.45", "0.6"), ("alerts.version", str(then.alerts.version), "7"))
    assert changed_settings(then, then) == ()
