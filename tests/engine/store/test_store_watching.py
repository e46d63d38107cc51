"""What is known of how well sensors watched."""

from dataclasses import replace

from engine.model.history.timeline import GetTimeline, LaneKind, LaneSpan, SpanState, Watched
from engine.model.time import SECOND
from engine.store import Store
from engine.store.people.watching import MOST_SPANS


def span(since_s: float, until_s: float, state: SpanState = SpanState.OBSERVED, sensor: str = "yard", reason: str = "") -> Watched:
    return Watched(sensor, round(since_s * SECOND), round(until_s * SECOND), state, reason)


def test_spans_of_a_stretch_rise_and_are_not_cut(store: Store) -> None:
    store.watching.put([span(0, 10), span(10, 20, SpanState.BLIND, reason="Lost."), span(30, 40), span(0, 99, sensor="gate")])
    found = store.watching.observed(("yard", "roof"), 15 * SECOND, 31 * SECOND)
    assert found == {
        "yard": (LaneSpan(10 * SECOND, 20 * SECOND, SpanState.BLIND, "Lost."), LaneSpan(30 * SECOND, 40 * SECOND, SpanState.OBSERVED)),
        "roof": (),
    }
    assert set(store.watching.observed((), 0, SECOND)) == {"yard", "gate"}


def test_where_nothing_ran_nothing_is_known(store: Store) -> None:
    store.watching.put([span(0, 10), span(30, 40)])
    assert store.watching.observed(("yard",), 12 * SECOND, 28 * SECOND) == {"yard": ()}
    assert store.watching.observed(("yard",), 10 * SECOND, 30 * SECOND) == {"yard": ()}, "both ends are exclusive"


def test_a_span_goes_on(store: Store) -> None:
    store.watching.put([span(0, 10)])
    store.watching.put([span(0, 20)])
    assert store.watching.observed(("yard",), 0, 1)["yard"] == (LaneSpan(0, 20 * SECOND, SpanState.OBSERVED),)


def test_they_are_lanes_of_the_timeline(store: Store) -> None:
    store.watching.put([span(0, 10), span(0, 10, sensor="aa:bb")])
    found = store.answer(GetTimeline(0, SECOND, 1, (LaneKind.OBSERVED,)))
    assert found is not None
    assert [(lane.kind, lane.id, len(lane.spans)) for lane in found.lanes] == [("observed", "aa:bb", 1), ("observed", "yard", 1)]


def test_of_very_many_spans_no_blind_moment_is_lost(store: Store) -> None:
    every = [span(number, number + 1) for number in range(3 * MOST_SPANS)]
    every[777] = replace(every[777], state=SpanState.BLIND, reason="Lost.")
    store.watching.put(every)
    found = store.watching.observed(("yard",), 0, 3 * MOST_SPANS * SECOND)["yard"]
    assert len(found) <= MOST_SPANS
    assert [each.since_ns <= 777 * SECOND < each.until_ns for each in found if each.state is SpanState.BLIND] == [True]
    assert (found[0].since_ns, found[-1].until_ns) == (0, 3 * MOST_SPANS * SECOND)


def test_what_was_over_is_forgotten(store: Store) -> None:
    store.watching.put([span(0, 10), span(10, 30)])
    store.watching.forget(20 * SECOND)
    assert len(store.watching.observed(("yard",), 0, 99 * SECOND)["yard"]) == 1
