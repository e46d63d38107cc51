"""What operators say of events: kept, shown, taken back, in the audit, gone with the event, and over HTTP."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.alert import Disposition
from engine.model.errors import InputError, NotFound
from engine.model.review.event_verdict import MOST_EVENTS, JudgeEvent, ListEventVerdicts
from engine.model.time import SECOND
from tests.engine.store import records
from tests.fakes.people_site import PeopleSite, people_site


def known_event(site: PeopleSite, started_ns: int | None = None) -> str:
    started_ns = site.engine.clock.now_ns() - 60 * SECOND if started_ns is None else started_ns
    event = replace(records.event(1, camera="door"), started_ns=started_ns, ended_ns=started_ns + SECOND)
    site.engine.record.store.save((event,))
    return event.id


def verdicts(site: PeopleSite, event_id: str) -> list[tuple[Disposition, str]]:
    return [(each.disposition, each.by) for each in site.engine.record.store.answer(ListEventVerdicts((event_id,)))]


def test_an_event_without_an_alert_is_judged_again_and_taken_back(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        event_id = known_event(site)
        assert verdicts(site, event_id) == []
        assert site.tell(JudgeEvent(event_id, Disposition.FALSE)) == event_id
        assert verdicts(site, event_id) == [(Disposition.FALSE, "rita")]
        site.tell(JudgeEvent(event_id, Disposition.BENIGN))
        assert verdicts(site, event_id) == [(Disposition.BENIGN, "rita")]
        site.tell(JudgeEvent(event_id, None))
        assert verdicts(site, event_id) == []
        rows = [row for row in site.engine.record.store.audit(10) if row.verb == AuditVerb.JUDGE_EVENT]
        assert [(row.subject, row.detail, row.by) for row in rows] == [
            (event_id, "taken back", "rita"),
            (event_id, "benign", "rita"),
            (event_id, "false", "rita"),
        ]
        with pytest.raises(NotFound):
            site.tell(JudgeEvent("ev-none", Disposition.FALSE))


def test_a_verdict_goes_with_its_event(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        event_id = known_event(site, started_ns=10 * SECOND)
        site.tell(JudgeEvent(event_id, Disposition.FALSE))
        assert site.engine.record.store.remove_events(1000 * SECOND, 10) == (event_id,)
        assert verdicts(site, event_id) == []


def test_what_was_said_of_shown_events_is_in_the_snapshot_also_after_a_restart(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        event_id = known_event(site)
        site.tell(JudgeEvent(event_id, Disposition.FALSE))
    with people_site(tmp_path / "site") as site:
        assert event_id in [event.id for event in site.engine.snapshot(True).events]
        shown = site.engine.snapshot(True).verdicts
        assert [(each.event_id, each.disposition) for each in shown] == [(event_id, Disposition.FALSE)]
        site.tell(JudgeEvent(event_id, None))
        assert site.engine.snapshot(True).verdicts == ()


def test_not_all_of_the_record_is_asked_for_at_once() -> None:
    with pytest.raises(InputError):
        ListEventVerdicts(("ev-1",) * (MOST_EVENTS + 1))
