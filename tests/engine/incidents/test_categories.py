"""H11: what it was, where reporters disagree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.categories import Vote, are_related, settle_category
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory as C


def nothing() -> C | None:
    return None


def unasked() -> C | None:
    raise AssertionError("a majority needs no classifier")


def test_more_than_half_decide_alone() -> None:
    settled = settle_category([Vote(C.THEFT), Vote(C.THEFT), Vote(C.ASSAULT)], unasked)
    assert (settled.category, settled.flagged) == (C.THEFT, False) and "2 of 3" in settled.reason


def test_half_is_not_more_than_half() -> None:
    settled = settle_category([Vote(C.THEFT), Vote(C.ASSAULT)], lambda: C.ASSAULT)
    assert (settled.category, settled.flagged) == (C.ASSAULT, False) and "classified as" in settled.reason


def test_without_a_classifier_the_most_severe_of_the_most_frequent_is_taken_and_flagged() -> None:
    assert settle_category([Vote(C.THEFT), Vote(C.ASSAULT)], nothing).category is C.ASSAULT
    votes = [Vote(C.THEFT, count=2), Vote(C.ASSAULT, count=2), Vote(C.WEAPONS)]
    settled = settle_category(votes, nothing)
    assert (settled.category, settled.flagged) == (C.ASSAULT, True)
    assert settle_category([Vote(C.THEFT, Severity.CRITICAL), Vote(C.ASSAULT)], nothing).category is C.THEFT


def test_no_votes_are_an_error() -> None:
    for votes in ([], [Vote(C.THEFT, count=0)]):
        with pytest.raises(InputError):
            settle_category(votes, lambda: C.THEFT)


def test_who_says_other_leaves_it_to_those_who_say_more() -> None:
    assert settle_category([Vote(C.OTHER), Vote(C.OTHER), Vote(C.FIRE)], unasked).category is C.FIRE
    assert settle_category([Vote(C.OTHER)], lambda: C.WEAPONS).category is C.WEAPONS
    assert settle_category([Vote(C.OTHER)], nothing).category is C.OTHER


@given(st.lists(st.sampled_from(list(C)), min_size=1, max_size=9), st.one_of(st.none(), st.sampled_from(list(C))))
def test_the_order_of_reports_does_not_matter_and_only_an_open_tie_is_flagged(said: list[C], classified: C | None) -> None:
    settled = settle_category(map(Vote, said), lambda: classified)
    assert settle_category(map(Vote, reversed(said)), lambda: classified).category is settled.category
    real = [each for each in said if each is not C.OTHER]
    majority = any(2 * real.count(each) > len(real) for each in real)
    assert settled.flagged == (not majority and bool(real) and classified is None)
    assert settled.category in {*said, classified}


@given(st.sampled_from(list(C)), st.sampled_from(list(C)))
def test_being_related_is_mutual_and_never_of_the_same(one: C, other: C) -> None:
    assert are_related(one, other) == are_related(other, one)
    assert not are_related(one, one)


def test_every_category_is_related_to_another() -> None:
    assert are_related(C.VIOLENCE, C.ASSAULT) and are_related(C.THEFT, C.BURGLARY) and not are_related(C.FIRE, C.THEFT)
    assert all(are_related(each, C.OTHER) for each in C if each is not C.OTHER)
