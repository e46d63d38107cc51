"""What is masked before it leaves, what is kept, and who is among the incidents that are sent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.atlas.anonymity import call_key, in_rollout, masked, rounded
from engine.incidents.atlas.atlas_case import Case, case_json, read_case
from engine.model.event import Severity
from engine.model.incidents.incident import Incident, IncidentCategory


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail ada.l+x@ex-ample.co.uk now", "mail [e-mail] now"),
        ("call +46 70-123 45 67", "call [number]"),
        ("call 070-1234567 or (08) 123 45 67", "call [number] or [number]"),
        ("call 0046701234567", "call [number]"),
        ("pnr 850709-9805", "pnr [personal number]"),
        ("pnr 19850709-9805 and 198507099805", "pnr [personal number] and [personal number]"),
        ("pnr 850769-9805", "pnr [personal number]"),  # a coordination number: the day plus 60
        ("car ABC 123, abc12d and XYZ-98K", "car [plate], [plate] and [plate]"),
        ("see https://x.y/z?a=1 and www.a.se", "see [link] and [link]"),
        ("at 59.334591, 18.063240", "at [place], [place]"),
        ("card 4111 1111 1111 1111.", "card [number]."),
        ("it was @ada_l", "it was [handle]"),
        ("０８１２３４５６７８", "[number]"),  # full-width digits
        ("2026-11-21-1234567", "[number]"),
    ],
)
def test_what_tells_who_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jonas Lindqvist hit me", "[name] hit me"),
        ("it was jonas, LINDQVIST's brother", "it was [name], [name] brother"),
        ("Jonas's bag and Mara-Lin too", "[name] bag and [name] too"),
        ("Jonasson and Bo ran", "Jonasson and Bo ran"),  # another name; and one too short to mean anybody
    ],
)
def test_who_is_known_here_is_masked(text: str, expected: str) -> None:
    assert masked(text, ("Jonas  Lindqvist", "Mara-Lin", "Bo", "")) == expected


@pytest.mark.parametrize(
    "text", ["on 2026-11-21 at 08:15", "bus 123 in row 200", "a 12 year old, 100 000 kr, 3 dogs", "call 112", "half past 10 at door 4"]
)
def test_what_tells_nothing_is_kept(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=500))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.integers(10**6, 10**15), st.text(max_size=20), st.text(max_size=20))
def test_no_long_number_gets_through(number: int, before: str, after: str) -> None:
    assert str(number) not in masked(f"{before} {number} {after}")


@given(st.floats(-180, 180), st.integers(1, 6))
def test_coordinates_are_rounded(degrees: float, digits: int) -> None:
    assert abs(rounded(degrees, digits) - degrees) <= 0.5 * 10**-digits + 1e-9
    assert str(rounded(degrees, digits)) != "-0.0"


def test_the_rollout_is_stable_and_grows() -> None:
    ids = [f"in-{number}" for number in range(2000)]
    sent = {percent: {each for each in ids if in_rollout(each, percent)} for percent in (0, 10, 50, 100)}
    assert sent[0] == set()
    assert sent[10] < sent[50] < sent[100] == set(ids)
    assert 150 < len(sent[10]) < 250
    assert in_rollout("in-1", 10) == in_rollout("in-1", 10)


def incident(text: str) -> Incident:
    return Incident("in-77", IncidentCategory.THEFT, text, 59.334591, 18.063240, 1, 2, 2, Severity.LOW)


def test_a_key_is_the_same_for_the_same_words_only() -> None:
    known = incident("a fight at the bar")
    assert call_key(known, "classify", "a") == call_key(known, "classify", "a")
    assert len({call_key(known, "classify", "a"), call_key(known, "classify", "b"), call_key(known, "feedback", "a")}) == 3
    assert call_key(replace(known, received_ns=3), "classify", "a") != call_key(known, "classify", "a")
    assert known.id not in call_key(known, "classify", "a")
    assert call_key(known, "ab", "c") != call_key(known, "a", "bc")


def test_what_waits_in_the_record_is_anonymous_already() -> None:
    case = Case.from_incident(incident("call 070-1234567"), 2)
    assert (case.text, case.latitude, case.longitude) == ("call [number]", 59.33, 18.06)
    assert read_case(Case, case_json(case)) == case
    assert case.coarser(1).latitude == 59.3
