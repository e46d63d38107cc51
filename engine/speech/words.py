"""Word lists for names, and the comparison of words without case and accents."""

import unicodedata
from functools import cache
from importlib.resources import files

from engine.model.value_class import dataclass


def folded(word: str) -> str:
    """For comparing: lower case, without accents. `Zoë` and `ZOE` fold to the same."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Words:
    """Attributes:
    given: given names that are common somewhere, folded. not_names: words that follow "I'm" and are no names, folded.
    """

    given: frozenset[str]
    not_names: frozenset[str]

    def nationality(self, word: str) -> bool:
        """Looks like Norwegian, Danish, Portuguese; given names of that shape (Brian, Adrian) do not count."""
        return word not in self.given and word.endswith(("ish", "ese", "ian"))


@cache
def built_in_words() -> Words:
    return Words(_read_word_list("given_names.txt"), _read_word_list("not_names.txt"))


def _read_word_list(file: str) -> frozenset[str]:
    lines = files("resources").joinpath(file).read_text(encoding="utf-8").splitlines()
    return frozenset(folded(word) for line in lines if not line.startswith("#") for word in line.split())
