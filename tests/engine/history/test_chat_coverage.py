"""For how long something was observed, where the engine was down for a while: written by the engine's own keeper of how sensors watch."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from engine.history.queries.reach import Reach
from engine.model.history.query import Scope, Span
from engine.model.history.timeline import SpanState
from engine.model.time import SECOND, ManualClock
from engine.runtime.cameras.watching import Seeing, Watching
from engine.store import Store
from tests.engine.history.chat_site import Site
from tests.fakes.week import Week, day, kept, ns

BEGAN_NS = ns(day(7, 8))
CRASHED_S, AGAIN_S, LIVE_S, ASKED_S = 125, 140, 148, 205  # from BEGAN_NS


class WrittenAtOnce:
    troubled = False

    def run_in_order(self, job: Callable[[], None]) -> None:
        job()


def watch(store: Store, since_s: int, until_s: int, live_s: int = 0) -> None:
    """An engine that runs and crashes: as `Watching.run`, but by a clock of its own."""
    clock = ManualClock(BEGAN_NS)

    def seeing() -> list[Seeing]:
        connected = clock.now_ns() >= BEGAN_NS + live_s * SECOND
        return [
            Seeing("yard", SpanState.OBSERVED if connected else SpanState.BLIND, "" if connected else "The camera was not connected yet.")
        ]

    watching = Watching(clock, seeing, lambda: False, store.watching, WrittenAtOnce())  # type: ignore[arg-type]
    for look, at_s in enumerate(range(since_s, until_s)):
        clock.advance_to(BEGAN_NS + at_s * SECOND)
        watching.look(whole=look % 10 == 0)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with closing(kept(Week(), tmp_path_factory.mktemp("gap") / "data", watching=[])) as store:
        watch(store, 0, CRASHED_S + 1)
        watch(store, AGAIN_S, ASKED_S, LIVE_S)
        yield Site(store.asked, BEGAN_NS + ASKED_S * SECOND)


def coverage(reach: Reach, since_s: int, until_s: int) -> float:
    span = Span(BEGAN_NS + since_s * SECOND, BEGAN_NS + until_s * SECOND)
    return reach.coverage(Scope((span,), camera_ids=("yard",)))[0]


def test_the_time_from_the_last_sign_of_life_to_the_first_picture_after_it_is_not_observed(site: Site) -> None:
    """The last sign was kept at the 120th second; from the 140th on the engine ran, and at the 148th there was a picture."""
    assert coverage(site.reach(), 0, ASKED_S) == ASKED_S - (LIVE_S - 120)
    answer = site.ask("was anyone in the yard from 08:00 to 08:03 today")
    assert "Of that time, 2 min 32 s of 3 min were observed." in answer.answer, answer.answer


def test_the_last_moments_of_an_engine_that_runs_are_observed(site: Site) -> None:
    assert coverage(site.reach(), LIVE_S, ASKED_S) == ASKED_S - LIVE_S


def test_so_short_a_gap_is_not_told_of_its_own(site: Site) -> None:
    assert "was not watched" not in site.ask("was anyone in the yard from 08:00 to 08:03 today").answer
