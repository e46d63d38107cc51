"""The risk map's part of the record: what is there again after a restart, what is left out of the past, what is removed."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident
from engine.incidents.merging import merge_incidents
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Filed, Incident, IncidentCategory, IncidentState, Report
from engine.model.risk.risk import CATEGORIES, RiskBump
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from engine.store.fire.risk import CellBumps
from tests.fakes.reports import HERE, NOW_NS, report


def bump(number: int, strength: float = 0.1) -> RiskBump:
    return RiskBump(f"in-{number}", 59.33 + 1 / 3, 18.06, NOW_NS + number, IncidentCategory.FIRE, 3, 1.0, strength)


def cells(*values: tuple[int, float]) -> CellBumps:
    numbers, bumps = zip(*values, strict=True)
    return CellBumps(np.array(numbers, np.int64), np.array(bumps), np.full(len(numbers), NOW_NS, np.int64))


def filed(store: Store, said: Report) -> Incident:
    (done,) = store.incidents.file([said], correlate).filed
    assert isinstance(done, Filed)
    return done.incident


def false_alarm(incident_id: str) -> Alert:
    return Alert(
        id=f"al-{incident_id}",
        decision_id="de-1",
        rule_id="r",
        kind=EventKind.INCIDENT,
        severity=Severity.MODERATE,
        raised_ns=NOW_NS,
        changed_ns=NOW_NS,
        state=AlertState.CLOSED,
        incident_id=incident_id,
        disposition=Disposition.FALSE,
    )


def test_what_was_kept_is_there_after_a_restart(path: Path, store: Store) -> None:
    assert store.risk.load().kept_for == ""
    big = (40_000 << 32) + (1 << 31)
    store.risk.replace("250;12", [bump(1), bump(2)], cells((big, 0.1 + 0.2), (-5, 1 / 3)))
    store.risk.put([bump(2, 0.5), bump(3)], ["in-1"], cells((-5, 0.0), (7, 0.7)))
    store.close()
    again = open_store(path, ManualClock(NOW_NS))
    kept = again.risk.load()
    assert kept.kept_for == "250;12" and set(kept.bumps) == {bump(2, 0.5), bump(3)}
    found = dict(zip(kept.cells.cells.tolist(), kept.cells.bumps.tolist(), strict=True))
    assert found == {big: 0.1 + 0.2, 7: 0.7} and set(kept.cells.reference_ns.tolist()) == {NOW_NS}
    again.risk.replace("500;12", [], cells((1, 1.0)))
    assert again.risk.load().bumps == () and again.risk.load().cells.cells.tolist() == [1]
    again.close()


def test_nothing_is_half_kept(store: Store) -> None:
    store.risk.replace("250;12", [bump(1)], cells((1, 0.1)))
    with pytest.raises(IntegrityError):  # the database takes no number that is none
        store.risk.put([bump(2), bump(3, math.nan)], ["in-1"], cells((1, 0.2)))
    kept = store.risk.load()
    assert kept.bumps == (bump(1),) and kept.cells.bumps.tolist() == [0.1]


def test_the_past_has_each_occurrence_once(store: Store) -> None:
    said = [report(number, north_deg=0.01 * number, after_s=number) for number in range(5)]
    first, second, third, fourth, _ = (filed(store, each) for each in said)
    store.incidents.change(lambda load: merge_incidents(load, first.id, second.id, NOW_NS))
    store.incidents.change(lambda load: edit_incident(load, third.id, NOW_NS, severity=Severity.CRITICAL, category=IncidentCategory.FIRE))
    store.incidents.change(lambda load: edit_incident(load, third.id, NOW_NS, state=IncidentState.CLOSED))
    store.save([false_alarm(fourth.id), replace(false_alarm(first.id), id="al-true", disposition=Disposition.TRUE)])
    past = store.risk.past(0)
    assert second.id not in past.ids and fourth.id not in past.ids and len(past) == 3
    at = past.ids.index(third.id)
    assert CATEGORIES[past.categories[at]] is IncidentCategory.FIRE and past.severities[at] == 5
    assert (past.latitudes[at], past.longitudes[at]) == (third.latitude, third.longitude)
    assert store.risk.is_false(fourth.id) and not store.risk.is_false(first.id)
    assert len(store.risk.past(int(past.occurred_ns[-1]) + 1)) == 0
    assert len(store.risk.past(0, int(past.occurred_ns[0]))) == 0 and np.all(np.diff(past.occurred_ns) >= 0)


def test_places_are_those_of_the_reports(store: Store) -> None:
    incident = filed(store, report(1))
    past = store.risk.past(incident.occurred_ns, incident.occurred_ns + SECOND)
    assert past.ids == (incident.id,) and past.latitudes[0] == pytest.approx(HERE[0], abs=0.01)
