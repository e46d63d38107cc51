import json

import pytest

from engine.fusion.identity import IdentityLadder
from engine.model.people.person import Person
from engine.model.radio.fused import Assertion, AssertionKind
from engine.model.time import SECOND

PERSONS = {name: Person(name, name.title()) for name in ("anna", "bob")}
NOW = 1_000 * SECOND


def ladder(*said: tuple[str, AssertionKind, str, float]) -> IdentityLadder:
    made = IdentityLadder()
    for fused_id, kind, person_id, odds in said:
        made.assert_that(fused_id, Assertion(kind, person_id, odds, NOW, "c0"))
    return made


def named(made: IdentityLadder, at_ns: int = NOW, tracks: tuple[str, ...] = ("f1", "f2")) -> dict[str, str]:
    return {fused_id: identity.person_id for fused_id, identity in made.decide(at_ns, tracks, PERSONS.get).items()}


FACE, BLE, OPERATOR, VOICE = AssertionKind.FACE, AssertionKind.BLE, AssertionKind.OPERATOR, AssertionKind.VOICE


def test_weak_hints_add_up_to_a_name():
    assert named(ladder(("f1", BLE, "anna", 2.5))) == {}
    assert named(ladder(("f1", BLE, "anna", 2.5), ("f1", VOICE, "anna", 2.5))) == {"f1": "anna"}


def test_a_person_is_in_one_place_only_where_most_speaks_for_it():
    assert named(ladder(("f1", FACE, "anna", 6.0), ("f2", BLE, "anna", 5.0))) == {"f1": "anna"}


def test_two_who_could_both_be_one_are_told_apart_all_at_once():
    made = ladder(("f1", FACE, "anna", 6.0), ("f1", FACE, "bob", 5.0), ("f2", FACE, "anna", 5.5))
    assert named(made) == {"f1": "bob", "f2": "anna"}


def test_what_counts_adds_up_to_the_odds_shown():
    made = ladder(("f1", FACE, "anna", 5.0), ("f1", BLE, "anna", 3.0))
    identity = made.decide(NOW + 15 * SECOND, ["f1"], PERSONS.get)["f1"]
    assert identity.log_odds == pytest.approx(-2.0 + sum(identity.counted))
    assert identity.counted[1] == pytest.approx(1.5)
    assert 0.5 < identity.confidence < 1


def test_names_fade_and_are_kept_a_little_longer_than_they_take_to_be_given():
    made = ladder(("f1", BLE, "anna", 4.5))
    assert named(made) == {"f1": "anna"}
    assert named(made, NOW + 9 * SECOND) == {"f1": "anna"}
    assert named(made, NOW + 60 * SECOND) == {}


def test_an_operators_word_replaces_the_one_before_and_beats_a_face():
    made = ladder(("f1", FACE, "anna", 6.0), ("f1", OPERATOR, "anna", 10.0), ("f1", OPERATOR, "bob", 10.0))
    assert named(made) == {"f1": "bob"}
    assert "face says" in made.decide(NOW, ["f1"], PERSONS.get)["f1"].conflict


def test_who_is_erased_is_nobody_any_more():
    made = ladder(("f1", FACE, "anna", 6.0))
    made.forget_person("anna")
    assert named(made) == {}


def test_merged_persons_and_tracks_keep_what_was_said():
    made = ladder(("f1", FACE, "bob", 3.0), ("f2", BLE, "anna", 3.0))
    made.rename("bob", "anna")
    made.merge_tracks("f2", "f1")
    assert named(made) == {"f1": "anna"}


def test_a_continued_state_decides_alike():
    made = ladder(("f1", FACE, "anna", 6.0), ("f2", BLE, "bob", 5.0))
    named(made)
    other = IdentityLadder()
    other.restore(json.loads(json.dumps(made.state())))
    later = NOW + 20 * SECOND
    assert other.decide(later, ["f1", "f2"], PERSONS.get) == made.decide(later, ["f1", "f2"], PERSONS.get)
