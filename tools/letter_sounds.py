"""`python -m tools.letter_sounds`: counts `resources/letter_sounds.txt.gz` from the recogniser's dictionary, says how often it is right.

Measured with a model of one half of the words on the other half; written is a model of all of them. Two minutes.
"""

import gzip
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from engine.speech.letter_sounds import FILE, ORDER, LetterSounds, Token, write_runs

_NOTICE = """\
; Runs of letters with their sounds, counted from cmudict-en-us of PocketSphinx (The CMU Pronouncing Dictionary, BSD).
; Copyright (C) 1993-2015 Carnegie Mellon University. All rights reserved. Redistribution and use in source and binary forms, with or
; without modification, are permitted provided that redistributions retain this notice. This work is provided "as is", without any warranty.
"""
_ALIGNED_WITH = 20_000  # words that the alignment is learned from
_ROUNDS = 5
_MOST_SOUNDS = 2  # of a letter
_ASKED = 3000
_RARE = {4: 2, 5: 2, 6: 2}  # runs of so many tokens are kept from this count

Pair = tuple[str, tuple[str, ...]]


def read_dictionary() -> list[Pair]:
    lines = files("pocketsphinx").joinpath("model/en-us/cmudict-en-us.dict").read_text("utf-8").splitlines()
    pairs = [(line.split()[0].partition("(")[0], tuple(line.split()[1:])) for line in lines if line]
    return [(word, sounds) for word, sounds in pairs if word.isascii() and word.isalpha() and len(word) > 1]


class Alignment:
    """Which sounds each letter stands for: the likeliest way to share a word's sounds out, learned round by round (Viterbi training)."""

    def __init__(self) -> None:
        self._cost: dict[Token, float] = {}

    def learn(self, pairs: Sequence[Pair]) -> None:
        for _ in range(_ROUNDS):
            counts = Counter(token for word, sounds in pairs for token in self.tokens(word, sounds))
            letters = Counter[str]()
            for token, count in counts.items():
                letters[token[0]] += count
            self._cost = {token: -math.log(count / letters[token[0]]) for token, count in counts.items()}

    def tokens(self, word: str, sounds: Sequence[str]) -> list[Token]:
        """Empty where the word has too few letters for its sounds."""
        ways: dict[int, tuple[float, list[Token]]] = {0: (0.0, [])}
        for number, letter in enumerate(word):
            further: dict[int, tuple[float, list[Token]]] = {}
            for at, (cost, before) in ways.items():
                for taken in range(min(_MOST_SOUNDS, len(sounds) - at) + 1):
                    token = f"{letter}:{'_'.join(sounds[at : at + taken])}"
                    total = cost + self._token_cost(token, taken, abs(at / len(sounds) - number / len(word)))
                    if at + taken not in further or total < further[at + taken][0]:
                        further[at + taken] = (total, [*before, token])
            ways = further
        return ways[len(sounds)][1] if len(sounds) in ways else []

    def _token_cost(self, token: Token, taken: int, askew: float) -> float:
        if not self._cost:  # the first round: one sound a letter, along the diagonal
            return abs(taken - 1) + 3.0 * askew
        return self._cost.get(token, 12.0)


def count_runs(words: Iterable[Sequence[Token]]) -> Counter[tuple[Token, ...]]:
    counts = Counter[tuple[Token, ...]]()
    for tokens in words:
        edged = ("#", *tokens, "#")
        for end in range(1, len(edged)):
            for start in range(max(0, end - ORDER + 1), end + 1):
                counts[edged[start : end + 1]] += 1
    return Counter({run: count for run, count in counts.items() if count >= _RARE.get(len(run), 1)})


def model_of(pairs: Sequence[Pair], alignment: Alignment) -> Counter[tuple[Token, ...]]:
    return count_runs(tokens for word, sounds in pairs if (tokens := alignment.tokens(word, sounds)))


def measure(model: LetterSounds, pairs: Sequence[Pair]) -> str:
    """Words whose pronunciation, any of those in the dictionary, is the first, or one of the first four."""
    by_word: dict[str, set[str]] = {}
    for word, sounds in pairs:
        by_word.setdefault(word, set()).add(" ".join(sounds))
    asked = sorted(by_word, key=lambda word: zlib.crc32(word.encode()))[:_ASKED]
    found = [(model.ways(word, 4), by_word[word]) for word in asked]
    first = sum(bool(ways) and ways[0] in right for ways, right in found) / len(asked)
    four = sum(not right.isdisjoint(ways) for ways, right in found) / len(asked)
    return f"{len(asked)} held-out words: right at once {first:.3f}, among four {four:.3f}"


def main() -> None:
    pairs = read_dictionary()
    mine = [pair for pair in pairs if zlib.crc32(pair[0].encode()) % 2 == 0]
    others = [pair for pair in pairs if zlib.crc32(pair[0].encode()) % 2]
    alignment = Alignment()
    alignment.learn(mine[:: max(1, len(mine) // _ALIGNED_WITH)])
    print(measure(LetterSounds(model_of(mine, alignment)), others))
    text = _NOTICE + "\n".join(write_runs(model_of(pairs, alignment))) + "\n"
    path = Path(__file__).resolve().parent.parent / "resources" / FILE
    path.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
