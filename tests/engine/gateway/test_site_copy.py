"""The hub's copy of a site answers as the site does, for its own accounts' limits, and for no other site."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.gateway.hub.copy_answers import answer_of_copy
from engine.gateway.hub.intake import Intake
from engine.model.accounts.access import ROLE_VERBS, Role, Scope, Session, User, Verb
from engine.model.alerts.alert import AlertState
from engine.model.errors import BeyondCameras, EnvironmentFault, InputError, NotFound, PermissionDenied
from engine.model.event import EventKind, Severity
from engine.model.history.timeline import (
    CountDays,
    FindNeighbour,
    GetTimeline,
    HitKind,
    LaneKind,
    NeighbourKind,
    SearchFilter,
    SearchHit,
    SearchRecord,
)
from engine.model.hub_copy import is_copied
from engine.model.question import CountIncidents, GetDecision, GetIncident, ListAlerts, ListAudit, ListClips, ListEvents, ListIncidents
from engine.model.review.review import ListReview
from engine.model.time import SystemClock
from engine.store import Store
from engine.store.shared.record import SharedRecord
from tests.engine.gateway.test_replication import NORTH, Wire, over, telling
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.week import day, generated, kept, ns
from tests.fakes.whole_hub import empty_record

SESSION = Session("s", User("us-1", "Ben", Role.INVESTIGATOR), ROLE_VERBS[Role.INVESTIGATOR])
SINCE_NS, UNTIL_NS = ns(day(0)), ns(day(7))
SOUTH = "south"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = kept(generated(), tmp_path_factory.mktemp("week"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def record(store: Store) -> Iterator[SharedRecord]:
    """What the site told, and beside it the same of another site with other names."""
    with postgres_or_skip() as url, empty_record(url) as record:
        record.add_site(NORTH, "North")
        record.add_site(SOUTH, "South")
        store.replication.begin("s1")
        with telling(store, over(Wire(Intake(record, SystemClock())))):
            until(lambda: _is_told(store), "the week is told")
        yield record


def _is_told(store: Store) -> bool:
    state = store.replication.state()
    return state is not None and state.filled and not state.waiting


def asked(record: SharedRecord, question: Any, cameras: frozenset[str] | None = None, site: str = NORTH) -> Any:
    return answer_of_copy(record, site, SESSION, cameras, question)


WHOLE = (
    ListEvents(limit=2_000),
    ListEvents(camera_id="yard"),
    ListEvents(kinds=(EventKind.FALL, EventKind.PERSON), since_ns=ns(day(2)), until_ns=ns(day(4))),
    ListAlerts(limit=500),
    ListAlerts(open=True),
    ListAlerts(text="fall"),
    ListAlerts(min_severity=Severity.HIGH, limit=5),
    ListClips(limit=500),
    ListReview(limit=200),
    ListReview(limit=200, alerts_only=True),
    ListReview(limit=200, min_severity=3),
    ListIncidents(limit=100),
    CountDays(2026, 11, "Europe/Stockholm"),
    CountDays(2026, 10, "America/St_Johns"),
    FindNeighbour(SINCE_NS, True),
    FindNeighbour(UNTIL_NS, False, NeighbourKind.ALERT),
    FindNeighbour(UNTIL_NS, False, camera_ids=("yard",)),
)


@pytest.mark.parametrize("question", WHOLE, ids=lambda each: repr(each)[:60])
def test_the_copy_answers_as_the_site(record: SharedRecord, store: Store, question: Any) -> None:
    theirs = store.reviews.page(question, "") if isinstance(question, ListReview) else store.answer(question)
    found = asked(record, question)
    assert found == theirs
    if question in WHOLE[:8]:
        assert found not in ((), None)


SEARCHES = (
    SearchFilter(),
    SearchFilter("fall"),
    SearchFilter("person yard"),
    SearchFilter('"went in"'),
    SearchFilter("mary-ann"),
    SearchFilter("o'brien"),
    SearchFilter("fi*"),
    SearchFilter("<zz>*"),
    SearchFilter("critical"),
    SearchFilter("acknowledged"),
    SearchFilter("geschlossen"),
    SearchFilter("no such word anywhere"),
    SearchFilter(kinds=(HitKind.ALERT,)),
    SearchFilter(kinds=(HitKind.INCIDENT,)),
    SearchFilter(kinds=(HitKind.MOTION,)),
    SearchFilter(event_kinds=("fall", "person"), min_severity=3),
    SearchFilter(camera_ids=("yard",), since_ns=ns(day(1)), until_ns=ns(day(3))),
    SearchFilter(state=AlertState.CLOSED.value),
)


@pytest.mark.parametrize("wanted", SEARCHES, ids=lambda each: repr(each)[:60])
def test_words_find_what_they_find_at_the_site(record: SharedRecord, store: Store, wanted: SearchFilter) -> None:
    assert set(_all_hits(lambda ask: asked(record, ask), wanted)) == {hit for hit in _all_hits(store.answer, wanted) if _is_told_hit(hit)}


def _is_told_hit(hit: SearchHit) -> bool:
    return hit.kind in (HitKind.EVENT, HitKind.ALERT, HitKind.INCIDENT) or (hit.kind is HitKind.DECISION and hit.state == "raised")


def _all_hits(ask: Any, wanted: SearchFilter) -> list[SearchHit]:
    """By pages, in the order of time."""
    found: list[SearchHit] = []
    page = ask(SearchRecord(wanted, 40))
    while True:
        found += page.hits
        if page.next_id is None:
            break
        page = ask(SearchRecord(wanted, 40, page.next_id))
    assert [hit.at_ns for hit in found] == sorted((hit.at_ns for hit in found), reverse=True)
    assert len(set(found)) == len(found)
    return found


def test_what_the_searches_above_ask_for_is_there(store: Store) -> None:
    for words in ("", "fall", '"went in"', "mary-ann", "o'brien", "fi*", "critical", "acknowledged", "geschlossen"):
        assert store.answer(SearchRecord(SearchFilter(words))).hits, words


def test_a_page_of_the_site_goes_on_in_the_copy(record: SharedRecord, store: Store) -> None:
    wanted = SearchFilter(kinds=(HitKind.EVENT,))
    first = store.answer(SearchRecord(wanted, 40))
    assert first.next_id is not None
    rest = asked(record, SearchRecord(wanted, 200, first.next_id)).hits
    theirs = store.answer(SearchRecord(wanted, 200, first.next_id)).hits
    assert [hit for hit in rest if hit.at_ns < first.hits[-1].at_ns] == [hit for hit in theirs if hit.at_ns < first.hits[-1].at_ns]
    for nowhere in ("nowhere", f"{10**30}~event~x", f"{1 << 63}", "1~event~a\0"):
        with pytest.raises(InputError, match="before"):
            asked(record, SearchRecord(wanted, 40, nowhere))


@pytest.mark.parametrize("span", [(ns(day(2)), ns(day(3))), (SINCE_NS, UNTIL_NS)])
def test_the_timeline_counts_as_the_site_does(record: SharedRecord, store: Store, span: tuple[int, int]) -> None:
    lanes = (LaneKind.CAMERA, LaneKind.PEOPLE, LaneKind.RADIO, LaneKind.BLE, LaneKind.INCIDENTS)
    ask = GetTimeline(*span, columns=7, lanes=lanes)
    found, theirs = asked(record, ask), store.answer(ask)
    assert _counted(found) == _counted(theirs)
    assert _counted(found)


def _counted(timeline: Any) -> dict[Any, Any]:
    return {(lane.kind, lane.id, marks.kind): (marks.counts, marks.worst) for lane in timeline.lanes for marks in lane.marks}


def test_of_another_site_nothing_is_told(record: SharedRecord, store: Store) -> None:
    assert asked(record, ListEvents(), site=SOUTH) == ()
    assert asked(record, SearchRecord(), site=SOUTH).hits == ()
    assert sum(each.events for each in asked(record, CountDays(2026, 11, "UTC"), site=SOUTH)) == 0
    decision_id = asked(record, ListAlerts()).alerts[0].decision_id
    assert asked(record, GetDecision(decision_id)).id == decision_id
    with pytest.raises(NotFound):
        asked(record, GetDecision(decision_id), site=SOUTH)
    incident = asked(record, ListIncidents()).incidents[0]
    assert asked(record, GetIncident(incident.id)).incident == incident
    with pytest.raises(NotFound):
        asked(record, GetIncident(incident.id), site=SOUTH)


def test_who_is_limited_to_cameras_gets_what_the_site_would_tell_them(record: SharedRecord, store: Store) -> None:
    yard = frozenset({"yard"})
    site = store.within(Scope(yard))
    for question in (ListEvents(limit=2_000), ListAlerts(limit=500), ListClips(limit=500), FindNeighbour(SINCE_NS, True)):
        assert asked(record, question, yard) == site.answer(question)
    assert {hit.id for hit in _all_hits(lambda ask: asked(record, ask, yard), SearchFilter(kinds=(HitKind.EVENT, HitKind.ALERT)))} == {
        hit.id for hit in _all_hits(lambda ask: site.search(ask, {}, None), SearchFilter(kinds=(HitKind.EVENT, HitKind.ALERT)))
    }
    for days in (asked(record, CountDays(2026, 11, "UTC"), yard), site.answer(CountDays(2026, 11, "UTC"))):
        assert sum(each.events for each in days) == len(site.answer(ListEvents(limit=10_000)))
    assert all(lane.id == "yard" for lane in asked(record, GetTimeline(SINCE_NS, UNTIL_NS), yard).lanes if lane.kind is LaneKind.CAMERA)
    assert asked(record, ListEvents(), frozenset()) == ()
    for question in (ListIncidents(), CountIncidents()):
        with pytest.raises(BeyondCameras):
            asked(record, question, yard)


def test_what_the_copy_does_not_hold_it_does_not_answer(record: SharedRecord) -> None:
    some = Session("s", User("us-1", "Ben", Role.OPERATOR), frozenset({Verb.SEE_LIVE}))
    with pytest.raises(PermissionDenied):
        answer_of_copy(record, NORTH, some, None, ListEvents())
    for question in (ListEvents(shadow=True), ListAudit(), SearchRecord(SearchFilter(rejected=True))):
        assert not is_copied(question)
    with pytest.raises(EnvironmentFault, match="hub's copy does not hold"):
        asked(record, ListEvents(shadow=True))
    with pytest.raises(InputError, match="limit"):
        asked(record, ListEvents(limit=100_000))
    with pytest.raises(InputError, match="text"):
        asked(record, SearchRecord(SearchFilter("x" * 300)))


def test_one_who_asked_before_is_forgotten_by_the_connection(record: SharedRecord) -> None:
    """Limits end with their transaction, whoever gets the connection next."""
    asked(record, ListEvents())
    with record._of_one_site.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM incidents").scalar() == 0
