"""Ids that carry their engine, and those of before."""

import pytest

from engine.model.ids import derived_id, family, family_of, is_engine_id, new_engine_id, number_of, ordinal_of, random_id, without_engine

ENGINE = "dfa9c0de"


@pytest.mark.parametrize("engine_id", ["", ENGINE])
def test_number_and_ordinal_of_a_derived_id(engine_id: str) -> None:
    made = derived_id(family("ev", engine_id), 0x19AF_ED3B_6C01, 17)
    assert (number_of(made), ordinal_of(made), family_of(made)) == (0x19AF_ED3B_6C01, 17, family("ev", engine_id))


def test_their_form() -> None:
    assert derived_id(family("ev", ENGINE), 42) == "ev-dfa9c0de-00000000002a-0"
    assert derived_id(family("ev", ""), 42) == "ev-00000000002a-0"
    assert random_id(family("bm", ENGINE)).startswith("bm-dfa9c0de-")
    assert [number_of(each) for each in ("", "ev", "ev-1-2", "in-dfa9c0de-0123456789abcdef", "ho-5d41402abc4b")] == [0] * 5


def test_what_an_engine_makes_sorts_after_what_was_made_before_it_had_an_id() -> None:
    before = [derived_id("ev", number) for number in (1, 1_790_000_000_000)]
    after = [derived_id(family("ev", new_engine_id()), number) for number in (1, 1_790_000_000_001)]
    assert max(before) < min(after)


def test_engine_ids_are_short_and_differ() -> None:
    made = {new_engine_id() for _ in range(100)}
    assert len(made) == 100 and all(map(is_engine_id, made))
    assert not any(map(is_engine_id, ("", "0fa9c0de", "dfa9c0d", "dfa9c0de0", "DFA9C0DE", "dfa9c0dg")))


def test_the_name_of_before_of_an_id() -> None:
    assert without_engine("rp-dfa9c0de-0123456789abcdef") == "rp-0123456789abcdef"
    assert [without_engine(each) for each in ("rp-0123456789abcdef", "rp-dfa9c0de", "x")] == ["rp-0123456789abcdef", "rp-dfa9c0de", "x"]
