"""When a spare stands in and hands back: pure, so time is a number here."""

import random

import pytest

from engine.model.time import SECOND
from engine.runtime.hub.spares.lease import Lease, LeaseState, Standing
from engine.runtime.hub.spares.lease_judge import JudgeTimes, LeaseJudge, Verdict

TIMES = JudgeTimes(silent_ns=4 * SECOND, first_ns=15 * SECOND, calm_ns=5 * SECOND)
ALL_LIVE = Lease(LeaseState.HELD, 4, 4)
STOPPED = Lease(LeaseState.GIVEN_UP)


def test_a_site_without_a_lease_is_noticed_once_the_line_has_been_good_for_a_while() -> None:
    scene = Scene()
    assert not scene.judge.misses_lease(scene.now_ns)
    scene.connect(None)
    scene.at_s += 14
    assert not scene.judge.misses_lease(scene.now_ns)
    scene.at_s += 1
    assert scene.judge.misses_lease(scene.now_ns)
    scene.renew(1)
    assert not scene.judge.misses_lease(scene.now_ns)


class Scene:
    """A judge, and the time in seconds."""

    def __init__(self) -> None:
        self.judge = LeaseJudge(TIMES)
        self.at_s = 100.0

    @property
    def now_ns(self) -> int:
        return round(self.at_s * SECOND)

    def connect(self, known: Lease | None = ALL_LIVE) -> None:
        if known is not None:
            self.judge.know_site(known)
        self.judge.line_good(self.now_ns)

    def renew(self, seconds: float, lease: Lease = ALL_LIVE) -> None:
        """Once a second."""
        for _ in range(round(seconds)):
            self.at_s += 1
            self.judge.hear_site(lease, self.now_ns)

    def other(self, seconds: float, standing: Standing) -> None:
        for _ in range(round(seconds)):
            self.at_s += 1
            self.judge.hear_other(standing, self.now_ns)

    def verdict(self, after_s: float = 0.0, stands: bool = False) -> Verdict:
        self.at_s += after_s
        return self.judge.verdict(self.now_ns, stands)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_site_that_renews_is_left_alone_and_one_that_falls_silent_is_not(scene: Scene) -> None:
    scene.connect()
    scene.renew(60)
    assert scene.verdict(3.9) is Verdict.WAIT
    assert scene.verdict(0.2) is Verdict.START


def test_silence_on_a_new_line_counts_longer_for_sites_come_back_after_spares(scene: Scene) -> None:
    scene.connect()
    assert scene.verdict(14.9) is Verdict.WAIT
    assert scene.verdict(0.2) is Verdict.START


def test_whoever_lost_its_own_line_starts_nothing_and_counts_anew_after_it(scene: Scene) -> None:
    scene.connect()
    scene.renew(10)
    scene.judge.line_lost()
    assert scene.verdict(600) is Verdict.WAIT
    scene.judge.line_good(scene.now_ns)
    assert scene.verdict(14.9) is Verdict.WAIT
    assert scene.verdict(0.2) is Verdict.START


def test_a_site_that_never_had_a_lease_or_was_stopped_on_purpose_is_left_alone(scene: Scene) -> None:
    scene.connect(known=None)
    assert scene.verdict(600) is Verdict.WAIT
    scene.renew(5)
    scene.judge.hear_site(STOPPED, scene.now_ns)
    assert scene.verdict(600) is Verdict.WAIT
    scene.judge.line_lost()
    scene.judge.line_good(scene.now_ns)
    assert scene.verdict(600) is Verdict.WAIT, "also on the next line"


def test_what_was_kept_does_not_undo_what_was_heard(scene: Scene) -> None:
    scene.connect()
    scene.renew(2)
    scene.judge.know_site(STOPPED)
    assert scene.verdict(4.1) is Verdict.START


def test_it_hands_back_once_the_site_has_had_its_cameras_for_a_while(scene: Scene) -> None:
    scene.connect()
    scene.judge.mine_live = 4
    assert scene.verdict(20, stands=True) is Verdict.WAIT
    scene.renew(3, Lease(LeaseState.HELD, 4, 0))
    scene.renew(5)
    assert scene.verdict(stands=True) is Verdict.WAIT
    scene.renew(1)
    assert scene.verdict(stands=True) is Verdict.HAND_BACK
    assert scene.verdict(4, stands=True) is Verdict.WAIT, "it fell silent again"


def test_a_site_with_fewer_cameras_than_the_spare_has_gets_nothing_back(scene: Scene) -> None:
    scene.connect()
    scene.judge.mine_live = 3
    scene.renew(60, Lease(LeaseState.HELD, 4, 2))
    assert scene.verdict(stands=True) is Verdict.WAIT
    scene.renew(6, Lease(LeaseState.HELD, 4, 3))
    assert scene.verdict(stands=True) is Verdict.HAND_BACK, "the fourth is lost for both"


def test_renewals_with_gaps_are_no_calm(scene: Scene) -> None:
    scene.connect()
    scene.judge.mine_live = 4
    for _ in range(10):
        scene.at_s += 4
        scene.renew(1)
    assert scene.verdict(stands=True) is Verdict.WAIT


def test_a_site_that_is_stopped_on_purpose_has_its_spare_stop_too(scene: Scene) -> None:
    scene.connect()
    scene.renew(1, STOPPED)
    assert scene.verdict(stands=True) is Verdict.HAND_BACK


def test_nothing_is_handed_back_over_a_line_that_is_lost(scene: Scene) -> None:
    scene.connect()
    scene.renew(10)
    scene.judge.line_lost()
    assert scene.verdict(stands=True) is Verdict.WAIT


def test_of_two_spares_the_second_waits_until_the_first_falls_silent(scene: Scene) -> None:
    scene.connect()
    scene.renew(10)
    scene.other(30, Standing(LeaseState.HELD, 4, 4, "a"))
    assert scene.verdict(3.9) is Verdict.WAIT
    assert scene.verdict(0.2) is Verdict.START
    scene.judge.hear_other(Standing(LeaseState.GIVEN_UP, 4, 0, "a"), scene.now_ns)
    assert scene.verdict() is Verdict.START, "it gave up, and the site is still silent"


def test_a_spare_whose_place_another_took_hands_over_to_it(scene: Scene) -> None:
    scene.connect()
    scene.judge.mine_live = 4
    scene.other(3, Standing(LeaseState.HELD, 4, 1, "b"))
    assert scene.verdict(stands=True) is Verdict.WAIT
    scene.other(6, Standing(LeaseState.HELD, 4, 4, "b"))
    assert scene.verdict(stands=True) is Verdict.HAND_BACK


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_ever_begun_within_the_silence_that_is_allowed(seed: int) -> None:
    """Whatever comes in which order."""
    chance, scene = random.Random(seed), Scene()
    heard_s, line_s = -1e9, None
    for _ in range(400):
        scene.at_s += chance.choice((0.25, 1.0, 3.0, 7.0))
        match chance.randrange(5):
            case 0:
                scene.judge.line_lost()
                line_s, heard_s = None, -1e9
            case 1 if line_s is None:
                scene.connect()
                line_s = scene.at_s
            case 2 | 3 if line_s is not None:
                scene.judge.hear_site(ALL_LIVE, scene.now_ns)
                heard_s = scene.at_s
            case _:
                pass
        if scene.verdict() is Verdict.START:
            assert line_s is not None
            assert scene.at_s - (heard_s if heard_s > 0 else line_s) >= (4 if heard_s > 0 else 15) - 1e-6
