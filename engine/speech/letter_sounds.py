"""How a name that stands in no dictionary may be said: from letters to the sounds of the recogniser, the likeliest ways first.

A joint-sequence model (Bisani and Ney, Speech Communication 50, 2008): letter and sounds go together as one token ("x" with K S, a silent
"e" with nothing), and an n-gram over tokens, smoothed after Witten and Bell (1991), tells which come one after another. It was counted from
the dictionary that comes with the recogniser (CMU, BSD) by `tools.letter_sounds`, which also says how often it is right.
"""

import gzip
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import log

FILE = "letter_sounds.txt.gz"
ORDER = 6
_BEAM = 40
_EDGE = "#"

Token = str
"""A letter, a colon and its sounds with underlines between: `x:K_S`, `e:`; the edge of a word is `#`."""


class LetterSounds:
    """Immutable once made; any thread. Some 10 ms a name."""

    def __init__(self, counts: Mapping[tuple[Token, ...], int]) -> None:
        """`counts`: how often each run of 1 to `ORDER` tokens was seen."""
        self._counts = counts
        self._followed: dict[tuple[Token, ...], tuple[int, int]] = {}
        self._tokens: dict[str, list[Token]] = {}
        for run, count in counts.items():
            seen, kinds = self._followed.get(run[:-1], (0, 0))
            self._followed[run[:-1]] = (seen + count, kinds + 1)
            if len(run) == 1:
                self._tokens.setdefault(run[0].partition(":")[0], []).append(run[0])

    def ways(self, word: str, most: int) -> list[str]:
        """Sounds with blanks between, likeliest first; none for what has no letters from a to z."""
        letters = [letter for letter in word.lower() if letter in self._tokens and letter != _EDGE]
        if not letters:
            return []
        found: dict[str, float] = {}
        for score, _, sounds in self._search([*letters, _EDGE]):
            if sounds and sounds not in found:
                found[sounds] = score
        return list(found)[:most]

    def _search(self, letters: Sequence[str]) -> list[tuple[float, tuple[Token, ...], str]]:
        beam: list[tuple[float, tuple[Token, ...], str]] = [(0.0, (_EDGE,), "")]
        for letter in letters:
            beam = heapq.nlargest(_BEAM, self._longer(beam, letter))
        return beam

    def _longer(self, beam: Iterable[tuple[float, tuple[Token, ...], str]], letter: str) -> Iterator[tuple[float, tuple[Token, ...], str]]:
        for score, before, sounds in beam:
            for token in self._tokens[letter]:
                more = token.partition(":")[2].replace("_", " ")
                yield score + log(self._share(before, token)), (*before, token)[1 - ORDER :], f"{sounds} {more}".strip()

    def _share(self, before: tuple[Token, ...], token: Token) -> float:
        """Of this token after those; what was not seen often enough is told by what came after fewer of them."""
        share = 1.0 / len(self._counts)
        for length in range(len(before) + 1):
            after = before[len(before) - length :]
            seen, kinds = self._followed.get(after, (0, 0))
            if not seen:
                break
            share = (self._counts.get((*after, token), 0) + kinds * share) / (seen + kinds)
        return share


@cache
def built_in_letter_sounds() -> LetterSounds:
    """Half a second, once, where a name stands in no dictionary."""
    text = gzip.decompress(files("resources").joinpath(FILE).read_bytes()).decode("ascii")
    return LetterSounds(dict(_read_runs(text)))


def _read_runs(text: str) -> Iterator[tuple[tuple[Token, ...], int]]:
    """A line: how many tokens are as in the line before, the others, and the count."""
    before: tuple[Token, ...] = ()
    for line in text.splitlines():
        if line.startswith(";"):
            continue
        same, *tokens, count = line.split(" ")
        before = (*before[: int(same)], *tokens)
        yield before, int(count)


def write_runs(counts: Mapping[tuple[Token, ...], int]) -> Iterator[str]:
    """Lines that `built_in_letter_sounds` reads."""
    before: tuple[Token, ...] = ()
    for run in sorted(counts):
        same = next((n for n, (one, other) in enumerate(zip(before, run, strict=False)) if one != other), min(len(before), len(run)))
        yield " ".join((str(same), *run[same:], str(counts[run])))
        before = run
