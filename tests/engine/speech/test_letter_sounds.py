"""How names are said that stand in no dictionary."""

from collections import Counter
from itertools import pairwise

import pytest

from engine.speech.letter_sounds import LetterSounds, _read_runs, built_in_letter_sounds, write_runs


def runs(*words: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    """Of one and two tokens."""
    counts = Counter[tuple[str, ...]]()
    for word in words:
        edged = ("#", *word, "#")
        counts.update((token,) for token in edged[1:])
        counts.update(pairwise(edged))
    return counts


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("Priya", "P R IY AH"),
        ("Yuki", "Y UW K IY"),
        ("Kenji", "K EH N JH IY"),
        ("Zebediah", "Z IY B IY D IY AH"),
        ("O'Brien", "OW B R AY IH N"),
    ],
)
def test_a_name_is_said_as_its_letters_are(name: str, sounds: str) -> None:
    ways = built_in_letter_sounds().ways(name, 4)
    assert sounds in ways and len(ways) == len(set(ways)) <= 4


def test_letters_of_another_script_are_not_said() -> None:
    assert built_in_letter_sounds().ways("Наташа", 4) == [] == built_in_letter_sounds().ways("", 4)


def test_what_comes_after_a_letter_tells_how_it_is_said() -> None:
    """A "c" before "e" as in "cell", before "a" as in "call"; both are offered, the likelier first."""
    model = LetterSounds(runs(("c:S", "e:EH"), ("c:S", "e:IY"), ("c:K", "a:AA"), ("c:K", "a:AH"), ("c:K", "a:AA")))
    assert model.ways("ce", 1) == ["S EH"] or model.ways("ce", 1) == ["S IY"]
    assert model.ways("ca", 2) == ["K AA", "K AH"]


def test_runs_are_read_as_they_were_written() -> None:
    counts = runs(("c:S", "e:"), ("x:K_S",), ("c:S", "e:EH"))
    assert dict(_read_runs("\n".join(["; a notice", *write_runs(counts)]))) == dict(counts)
