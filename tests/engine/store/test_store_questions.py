"""Questions give the rows a plain filter over all values would give, page by page, each served by an index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sql_event

from engine.model.alerts.decision import Outcome
from engine.model.errors import InputError
from engine.model.event import Event, EventKind
from engine.model.question import ListClips, ListDecisions, ListEvents, ListSequences
from engine.model.question_type import Question
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from tests.engine.store.records import clip, decision, event, sequence

KINDS = tuple(EventKind)


def fill(store: Store) -> list[Event]:
    """Sixty events of three kinds on three cameras; every two share their time."""
    events = [event(n // 2, camera=f"cam{n % 3}", kind=KINDS[n % 4 % 3]) for n in range(60)]
    values = [Event(**{**_fields(value), "id": f"ev-{n:012x}-0"}) for n, value in enumerate(events)]
    store.save(values)
    return values


def _fields(value: Event) -> dict[str, Any]:
    return {name: getattr(value, name) for name in Event.__slots__}


class Events(list[Event]):
    """Says in short what it holds: of a long text hypothesis warns."""

    def __repr__(self) -> str:
        return f"{len(self)} events"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = open_store(tmp_path_factory.mktemp("filled") / "watchroom.db", ManualClock(0))
    yield store, Events(fill(store))
    store.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    camera=st.sampled_from([None, "cam0", "cam2", "gone"]),
    kinds=st.lists(st.sampled_from(KINDS), unique=True).map(tuple),
    since=st.one_of(st.none(), st.integers(-1, 31)),
    until=st.one_of(st.none(), st.integers(-1, 31)),
    limit=st.integers(1, 70),
)
def test_pages_of_events_are_what_a_plain_filter_gives(
    filled: tuple[Store, list[Event]], camera: str | None, kinds: tuple[EventKind, ...], since: int | None, until: int | None, limit: int
) -> None:
    store, values = filled
    since_ns, until_ns = (None if second is None else second * SECOND for second in (since, until))
    expected = [
        value
        for value in sorted(values, key=lambda value: (value.started_ns, value.id), reverse=True)
        if (camera is None or value.camera_id == camera)
        and (not kinds or value.kind in kinds)
        and (since_ns is None or value.started_ns >= since_ns)
        and (until_ns is None or value.started_ns < until_ns)
    ]
    pages: list[Event] = []
    before: str | None = None
    while page := store.answer(ListEvents(limit, before, camera, kinds, since_ns=since_ns, until_ns=until_ns)):
        assert len(page) <= limit
        pages += page
        before = page[-1].id
    assert pages == expected


def test_decisions_sequences_and_clips_are_filtered_and_paged(store: Store) -> None:
    outcomes = list(Outcome)
    decided = [decision(n, camera=f"cam{n % 2}", outcome=outcomes[n % 3]) for n in range(12)]
    followed = [sequence(n, camera=f"cam{n % 2}") for n in range(6)]
    cut = [clip(n, camera=f"cam{n % 2}", of_event=n // 2) for n in range(6)]
    store.save([*decided, *followed, *cut])
    assert store.answer(ListDecisions(limit=4)) == tuple(decided[:-5:-1])
    assert store.answer(ListDecisions(limit=2, before_id=decided[8].id)) == (decided[7], decided[6])
    assert store.answer(ListDecisions(camera_id="cam1", outcome=Outcome.HELD)) == (decided[7], decided[1])
    assert store.answer(ListSequences(camera_id="cam0")) == (followed[4], followed[2], followed[0])
    assert store.answer(ListClips(event_id=cut[3].event_id)) == (cut[3], cut[2])
    assert store.answer(ListClips(camera_id="cam1", before_id=cut[5].id)) == (cut[3], cut[1])


def test_an_answer_holds_only_what_was_asked_for(store: Store) -> None:
    store.save([event(1), decision(1), sequence(1), clip(1)])
    assert store.answer(ListClips()) == (clip(1),)


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_a_limit_out_of_range_is_refused(store: Store, limit: int) -> None:
    with pytest.raises(InputError) as refused:
        store.answer(ListEvents(limit=limit))
    assert refused.value.field == "limit"


def test_paging_on_from_something_unknown_is_refused_not_empty(store: Store) -> None:
    store.save([event(1)])
    with pytest.raises(InputError) as refused:
        store.answer(ListEvents(before_id="ev-gone"))
    assert refused.value.field == "before_id"


QUESTIONS: list[tuple[Question, str]] = [
    (ListEvents(before_id=event(1).id), "ix_events_started"),
    (ListEvents(since_ns=0, until_ns=9), "ix_events_started"),
    (ListEvents(camera_id="cam1", before_id=event(1).id), "ix_events_camera"),
    (ListEvents(kinds=(EventKind.PERSON, EventKind.MOTION), before_id=event(1).id), "ix_events_kind"),
    (ListEvents(kinds=(EventKind.MOTION,), camera_id="cam1", since_ns=0, until_ns=9), "ix_events_camera_kind"),
    (ListDecisions(before_id=decision(1).id), "ix_decisions_decided"),
    (ListDecisions(camera_id="cam1"), "ix_decisions_camera"),
    (ListDecisions(outcome=Outcome.REJECTED), "ix_decisions_outcome"),
    (ListDecisions(camera_id="cam1", outcome=Outcome.HELD, before_id=decision(1).id), "ix_decisions_camera_outcome"),
    (ListSequences(before_id=sequence(1).id), "ix_sequences_started"),
    (ListSequences(camera_id="cam1"), "ix_sequences_camera"),
    (ListClips(before_id=clip(1).id), "ix_clips_started"),
    (ListClips(event_id="ev-1"), "ix_clips_event"),
    (ListClips(camera_id="cam1", before_id=clip(1).id), "ix_clips_camera"),
]


@pytest.mark.parametrize(("question", "index"), QUESTIONS)
def test_an_index_serves_each_question_without_sorting(store: Store, question: Question, index: str) -> None:
    store.save([event(1), decision(1), sequence(1), clip(1)])
    plans = _plans(store, lambda: store.answer(question))
    listing = [plan for plan in plans if "_autoindex_" not in plan]  # the other query finds `before_id` by primary key
    assert listing
    for plan in listing:
        assert f"USING INDEX {index} " in plan + " ", plan
        assert "TEMP B-TREE" not in plan
        assert index.endswith(("_started", "_decided")) or "SEARCH" in plan


def test_open_events_are_found_through_their_own_index(store: Store) -> None:
    (plan,) = _plans(store, store.open_events)
    assert "ix_events_open" in plan


def _plans(store: Store, ask: Callable[[], object]) -> list[str]:
    """The query plans of every SELECT that `ask` runs."""
    asked: list[tuple[Any, str, Any]] = []

    def note(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((connection, statement, parameters))

    sql_event.listen(store._reading, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sql_event.remove(store._reading, "before_cursor_execute", note)
    with store._reading.connect() as connection:
        return [_explained(connection, statement, parameters) for _, statement, parameters in asked]


def _explained(connection: Any, statement: str, parameters: Any) -> str:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "; ".join(row[-1] for row in rows)


def test_a_page_far_back_is_as_whole_as_the_first(tmp_path: Path) -> None:
    store = open_store(tmp_path / "watchroom.db", ManualClock(0))
    store.save([event(n) for n in range(3000)])
    assert store.answer(ListEvents(limit=2, before_id=event(2).id)) == (event(1), event(0))
    store.close()
