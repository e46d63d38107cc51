"""Word lists for names, and the comparison of words without case and accents."""

import gzip
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
    census: further given names, which count only where the speaker plainly gives a name. ordinary: words of English in a dictionary;
    some are given names as well (Frank, Grace).
    """

    given: frozenset[str]
    not_names: frozenset[str]
    census: frozenset[str] = frozenset()
    ordinary: frozenset[str] = frozenset()

    def nationality(self, word: str) -> bool:
        """Looks like Norwegian, Danish, Portuguese; given names of that shape (Brian, Adrian) do not count."""
        return word not in self.given and word.endswith(("ish", "ese", "ian"))

    def hero(self, word: str) -> bool:
        """Batman, Superwoman, policeman: a word of English with "man" after it; surnames of that shape are lost (Newman)."""
        stem = next((word.removesuffix(end) for end in ("woman", "man") if word.endswith(end)), "")
        return stem in self.ordinary and word not in self.given | self.census


@cache
def built_in_words() -> Words:
    """30 ms, once; 6 MB."""
    lists = ("given_names.txt", "not_names.txt", "census_names.txt", "ordinary_words.txt.gz")
    return Words(*(_read_word_list(file) for file in lists))


def _read_word_list(file: str) -> frozenset[str]:
    data = files("resources").joinpath(file).read_bytes()
    lines = (gzip.decompress(data) if file.endswith(".gz") else data).decode("utf-8").splitlines()
    return frozenset(folded(word) for line in lines if not line.startswith("#") for word in line.split())
