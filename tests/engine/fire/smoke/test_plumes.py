"""P8, P19–P21, P25, P26: what several cameras see of one plume."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine._geodesic import distance_m
from engine.fire.smoke.bearings import bearing_of
from engine.fire.smoke.crossing import cross
from engine.fire.smoke.groups import groups_of, pair_of
from engine.fire.smoke.plumes import arrange, as_shown, merged, unmatched
from engine.model.errors import InputError, NotFound
from engine.model.fire.smoke import Arrangement, Plume, PlumeWords, SmokeLabel, SmokeSequence, ValidationState
from engine.model.time import SECOND
from tests.fakes.smoke import NOW_NS, Country, place

HERE = 45.0, 5.0
FIRE = place(*HERE, 5_000, 6_000)
LAND = Country(a=HERE, b=place(*HERE, 10_000), c=place(*HERE, 5_000, 14_000), d=place(*HERE, 50), far=place(*HERE, 200_000))


def grouped(sequences: Iterable[SmokeSequence], land: Country = LAND) -> list[tuple[str, ...]]:
    bearings = [bearing_of(each, land.lookouts.get(each.camera_id)) for each in sequences]
    return [group.ids for group in groups_of(each for each in bearings if each)]


class Watch:
    """Sequences and plumes as a store has them."""

    def __init__(self, land: Country = LAND) -> None:
        self.land = land
        self.sequences: dict[str, SmokeSequence] = {}
        self.plumes: dict[str, Plume] = {}
        self.words = PlumeWords()

    def sees(self, *sequences: SmokeSequence) -> Arrangement:
        self.sequences |= {each.id: each for each in sequences}
        done = arrange(self.sequences.values(), self.land.lookouts, self.plumes.values(), self.words)
        self.sequences |= {each.id: each for each in done.moved}
        self.plumes = {key: each for key, each in self.plumes.items() if key not in done.gone_ids} | {
            each.id: each for each in done.changed
        }
        return done

    def members(self) -> list[list[str]]:
        return sorted(sorted(each.sequence_ids) for each in self.plumes.values())

    def off_m(self, plume_id: str, fire: tuple[float, float]) -> float:
        where = self.plumes[plume_id].place
        assert where is not None
        return distance_m(where.latitude, where.longitude, *fire)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def later(after_s: float, until_s: float) -> dict[str, Any]:
    return {"started_ns": NOW_NS + round(after_s * SECOND), "last_seen_ns": NOW_NS + round(until_s * SECOND)}


def test_three_cameras_are_one_plume_at_the_fire(watch: Watch) -> None:
    done = watch.sees(*(LAND.seen(camera, FIRE) for camera in "abc"))
    (plume,) = done.changed
    assert plume.sequence_ids == ("sq-a", "sq-b", "sq-c")
    assert watch.off_m(plume.id, FIRE) < 1
    assert {each.plume_id for each in watch.sequences.values()} == {plume.id}


def test_p19_1800_s_apart_are_together_and_1801_are_not() -> None:
    def after(gap_s: float) -> int:
        return len(grouped([LAND.seen("a", FIRE, **later(0, 100)), LAND.seen("b", FIRE, **later(100 + gap_s, 9_000))]))

    assert (after(1_800), after(1_801)) == (1, 0)


def test_p20_cameras_50_m_apart_are_together_without_a_place(watch: Watch) -> None:
    (plume,) = watch.sees(LAND.seen("a", FIRE), LAND.seen("d", FIRE)).changed
    assert (plume.sequence_ids, plume.place) == (("sq-a", "sq-d"), None)


def test_p20_a_third_camera_gives_them_one(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("d", FIRE), LAND.seen("b", FIRE))
    assert watch.members() == [["sq-a", "sq-b", "sq-d"]]
    assert watch.off_m(next(iter(watch.plumes)), FIRE) < 1


def test_p21_three_bearings_whose_places_are_25_km_apart_are_pairs() -> None:
    def seen(off_m: float) -> list[SmokeSequence]:
        """The third camera is off by so much at the fire."""
        bearings = [LAND.seen("a", FIRE), LAND.seen("b", FIRE), LAND.seen("c", place(*FIRE, off_m))]
        return [replace(each, cone_deg=14.0) for each in bearings]

    def widest_m(sequences: list[SmokeSequence]) -> float:
        bearings = [bearing for each in sequences if (bearing := bearing_of(each, LAND.lookouts[each.camera_id]))]
        places = [found for pair in combinations(bearings, 2) if (found := cross(pair))]
        return max(distance_m(one.latitude, one.longitude, other.latitude, other.longitude) for one, other in combinations(places, 2))

    near, far = seen(740), seen(1_020)
    assert (round(widest_m(near), -2), round(widest_m(far), -2)) == (1_800, 2_500)
    assert grouped(near) == [("sq-a", "sq-b", "sq-c")]
    assert grouped(far) == [("sq-a", "sq-b"), ("sq-a", "sq-c"), ("sq-b", "sq-c")]


def test_sectors_that_do_not_overlap_are_plumes_of_their_own(watch: Watch) -> None:
    watch.sees(LAND.seen("a", place(*HERE, -5_000, 6_000)), LAND.seen("b", place(*HERE, 15_000, 6_000)), LAND.seen("far", FIRE))
    assert watch.members() == [["sq-a"], ["sq-b"], ["sq-far"]]
    assert all(each.place is None for each in watch.plumes.values())


def two_fires(east_m: float) -> list[SmokeSequence]:
    """Seen by two cameras each, whose sectors do not overlap those of the other two."""
    other = place(*FIRE, east_m)
    land = [LAND.seen("a", FIRE, cone_deg=0.4), LAND.seen("b", FIRE, cone_deg=0.4)]
    return [*land, *(crossing(camera, other) for camera in ("e", "f"))]


FIRES = Country(**LAND.cameras, e=place(*FIRE, 600, 50), f=place(*FIRE, 600, -300))


def crossing(camera: str, fire: tuple[float, float]) -> SmokeSequence:
    return FIRES.seen(camera, fire, cone_deg=0.4)


def test_p25_19_km_away_joins_and_21_km_does_not() -> None:
    near, off = Watch(FIRES), Watch(FIRES)
    for watch, east_m in ((near, 1_890), (off, 2_110)):
        first, second, *others = two_fires(east_m)
        watch.sees(first, second)
        watch.sees(*others)
    assert near.members() == [["sq-a", "sq-b", "sq-e", "sq-f"]]
    assert off.members() == [["sq-a", "sq-b"], ["sq-e", "sq-f"]]


def test_p25_whoever_is_validated_first_it_is_one_plume() -> None:
    for order in permutations("abc"):
        watch = Watch()
        for camera in order:
            watch.sees(LAND.seen(camera, FIRE))
        assert watch.members() == [["sq-a", "sq-b", "sq-c"]]
        assert len({each.plume_id for each in watch.sequences.values()}) == 1


def test_p25_two_plumes_that_a_third_camera_joins_are_the_older_one(watch: Watch) -> None:
    """The incident of the one that was absorbed is not lost."""
    first, second = LAND.seen("a", FIRE, **later(5, 60)), LAND.seen("d", FIRE, 4.0, **later(0, 60))
    watch.sees(first, second)
    assert len(watch.plumes) == 2
    watch.plumes["pl-a"] = replace(watch.plumes["pl-a"], incident_id="in-1")
    done = watch.sees(LAND.seen("d", FIRE, **later(0, 60)))
    assert (watch.members(), list(watch.plumes), done.gone_ids, done.absorbed) == (
        [["sq-a", "sq-d"]],
        ["pl-d"],
        ("pl-a",),
        (("pl-a", "pl-d"),),
    )
    assert watch.plumes["pl-d"].incident_id == "in-1"


def test_the_place_follows_the_bearings(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("b", FIRE))
    moved = place(*FIRE, 0, 800)
    watch.sees(LAND.seen("a", moved, max_conf=0.9), LAND.seen("b", moved, max_conf=0.9))
    assert watch.off_m("pl-a", moved) < 1


def test_what_is_not_validated_is_a_plume_alone_and_says_nothing_of_a_place(watch: Watch) -> None:
    waiting, declined = (
        LAND.seen(name, FIRE, validation=state) for name, state in (("a", ValidationState.WAITING), ("b", ValidationState.DECLINED))
    )
    watch.sees(waiting, declined)
    assert watch.members() == [["sq-a"], ["sq-b"]] and [plume.place for plume in watch.plumes.values()] == [None, None]
    watch.sees(replace(waiting, validation=ValidationState.UNAVAILABLE), replace(declined, validation=ValidationState.VALIDATED))
    assert watch.members() == [["sq-a", "sq-b"]] and watch.off_m("pl-a", FIRE) < 1


def test_p26_what_is_called_other_is_detached_and_the_place_computed_anew(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("b", FIRE), LAND.seen("c", FIRE, 1.0))
    assert watch.off_m("pl-a", FIRE) > 5
    watch.sees(replace(watch.sequences["sq-c"], label=SmokeLabel.OTHER))
    assert watch.members() == [["sq-a", "sq-b"], ["sq-c"]]
    assert watch.off_m("pl-a", FIRE) < 1
    assert watch.plumes["pl-c"].place is None
    watch.sees(replace(watch.sequences["sq-c"], label=SmokeLabel.WILDFIRE_SMOKE))
    assert watch.members() == [["sq-a", "sq-b", "sq-c"]]


def test_p26_of_two_the_one_that_is_smoke_keeps_the_plume(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("b", FIRE))
    watch.sees(replace(watch.sequences["sq-a"], label=SmokeLabel.OTHER_SMOKE))
    assert {key: plume.sequence_ids for key, plume in watch.plumes.items()} == {"pl-a": ("sq-b",), "pl-a-2": ("sq-a",)}
    assert watch.plumes["pl-a"].place is None


def test_p26_unmatched_stays_unmatched(watch: Watch) -> None:
    watch.sees(*(LAND.seen(camera, FIRE) for camera in "abc"))
    watch.plumes["pl-a"], apart = unmatched(watch.plumes["pl-a"], "sq-a")
    watch.words = PlumeWords(apart)
    watch.sees()
    assert {key: plume.sequence_ids for key, plume in watch.plumes.items()} == {"pl-a": ("sq-b", "sq-c"), "pl-a-2": ("sq-a",)}
    watch.sees(LAND.seen("d", FIRE))
    assert not any({"sq-a", "sq-b"} <= set(each.sequence_ids) for each in watch.plumes.values())


def test_p26_the_only_one_cannot_be_unmatched_nor_one_that_is_not_there(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE))
    with pytest.raises(InputError, match="only one"):
        unmatched(watch.plumes["pl-a"], "sq-a")
    with pytest.raises(NotFound):
        unmatched(watch.plumes["pl-a"], "sq-b")


def test_an_operator_may_say_that_two_plumes_are_one(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("b", FIRE), LAND.seen("far", FIRE))
    watch.words = PlumeWords(together=merged(watch.plumes["pl-a"], watch.plumes["pl-far"]))
    done = watch.sees()
    assert (watch.members(), done.gone_ids, done.absorbed) == ([["sq-a", "sq-b", "sq-far"]], ("pl-far",), (("pl-far", "pl-a"),))
    assert watch.sees() == Arrangement()
    with pytest.raises(InputError, match="same"):
        merged(watch.plumes["pl-a"], watch.plumes["pl-a"])


def test_without_its_last_sequence_a_plume_is_no_more(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("b", FIRE))
    del watch.sequences["sq-b"]
    watch.sees()
    assert (watch.members(), watch.plumes["pl-a"].place) == ([["sq-a"]], None)
    del watch.sequences["sq-a"]
    assert watch.sees().gone_ids == ("pl-a",)


def test_p8_of_what_is_hidden_the_place_is_computed_without(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE), LAND.seen("b", FIRE), LAND.seen("c", FIRE, 1.0))
    listed = as_shown(watch.plumes["pl-a"], list(watch.sequences.values()), {"sq-a", "sq-b"}, LAND.lookouts)
    assert ([each.id for each in listed.sequences], listed.hidden, listed.plume.partial) == (["sq-a", "sq-b"], 1, False)
    assert listed.plume.place is not None
    assert distance_m(listed.plume.place.latitude, listed.plume.place.longitude, *FIRE) < 1


def test_p8_a_place_that_rests_on_what_is_hidden_says_so(watch: Watch) -> None:
    watch.sees(LAND.seen("a", FIRE, max_conf=0.3), LAND.seen("b", FIRE, max_conf=0.7))
    listed = as_shown(watch.plumes["pl-a"], list(watch.sequences.values()), {"sq-b"}, LAND.lookouts)
    assert (listed.plume.sequence_ids, listed.hidden, listed.plume.partial) == (("sq-b",), 1, True)
    assert listed.plume.place == watch.plumes["pl-a"].place
    assert as_shown(watch.plumes["pl-a"], list(watch.sequences.values()), {"sq-a", "sq-b"}, LAND.lookouts).plume == watch.plumes["pl-a"]


SEEN = st.builds(
    lambda camera, east, north, start: (camera, east * 700.0, north * 700.0, start * 600),
    st.sampled_from("abcd"),
    st.integers(0, 12),
    st.integers(2, 12),
    st.integers(0, 8),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(SEEN, min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_again_changes_nothing(seen: list[tuple[str, float, float, int]], chance: Any) -> None:
    sequences = [
        LAND.seen(camera, place(*HERE, east, north), name=f"{number}", **later(start, start + 300))
        for number, (camera, east, north, start) in enumerate(seen)
    ]
    at_once, one_by_one = Watch(), Watch()
    at_once.sees(*sequences)
    for each in chance.sample(sequences, len(sequences)):
        one_by_one.sees(each)
    assert at_once.members() == one_by_one.members()
    assert at_once.sees() == Arrangement()
    assert {each for plume in at_once.plumes.values() for each in plume.sequence_ids} == set(at_once.sequences)


def test_four_cameras_anywhere_that_are_a_degree_off_see_one_plume() -> None:
    """Also where some of them see it under nearly the same angle."""
    chance = Random(2)
    for _ in range(25):
        land = Country(**{name: place(*HERE, chance.uniform(0, 25_000), chance.uniform(0, 25_000)) for name in "abcd"})
        fire = place(*HERE, chance.uniform(5_000, 20_000), chance.uniform(5_000, 20_000))
        watch = Watch(land)
        watch.sees(*(land.seen(name, fire, chance.gauss(0, 1.0)) for name in "abcd"))
        assert len(watch.plumes) == 1


def test_forty_sequences_of_one_fire_are_arranged_at_once(watch: Watch) -> None:
    """Every two of them are a pair."""
    names = [f"{camera}{number}" for camera in "abc" for number in range(14)]
    watch.sees(*(LAND.seen(name[0], FIRE, name=name) for name in names))
    assert len(watch.plumes) == 1


def test_pairs_are_named_in_one_way() -> None:
    assert pair_of("b", "a") == pair_of("a", "b") == ("a", "b")
