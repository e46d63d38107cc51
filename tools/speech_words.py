"""Makes the word lists of spoken names from two public lists: `python -m tools.speech_words DICTIONARY FIRST_NAMES...`.

DICTIONARY: `/usr/share/dict/american-english` of Debian's package wamerican (SCOWL). FIRST_NAMES: `dist.female.first` and
`dist.male.first` of the US Census of 1990 (public domain; the package `names` of PyPI has them).
"""

import gzip
import sys
from pathlib import Path

from engine.speech.words import built_in_words, folded

_RESOURCES = Path(__file__).resolve().parent.parent / "resources"
_NOTICE = """\
# Words of ordinary English, none of them a given name only: one a line, lower case. From SCOWL, http://wordlist.aspell.net.
# Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word lists, the associated scripts,
# the output created from the scripts, and its documentation for any purpose is hereby granted without fee, provided that the above
# copyright notice appears in all copies and that both that copyright notice and this permission notice appear in supporting documentation.
# Kevin Atkinson makes no representations about the suitability of this array for any purpose. It is provided "as is" without express or
# implied warranty.
"""
_CENSUS = "# Given names of the US Census of 1990 (public domain) that are neither words of ordinary English nor in given_names.txt.\n"
_LINE = 160


def ordinary_words(dictionary: set[str], names: set[str]) -> set[str]:
    """Words in lower case, and of those with a capital the ones that have a plural (Buddhist, Filipino): names have none."""
    lower = {word for word in dictionary if word.islower()}
    of_many = {word.lower() for word in dictionary if word[:1].isupper() and word[1:].islower() and f"{word}s" in dictionary}
    return {word for word in lower | (of_many - names) if word.isascii() and word.isalpha() and len(word) > 1}


def main(dictionary: Path, lists: list[Path]) -> None:
    words = built_in_words()
    census = {folded(line.split()[0]) for one in lists for line in one.read_text(encoding="ascii").splitlines()}
    ordinary = ordinary_words(set(dictionary.read_text(encoding="utf-8").split()), census | words.given)
    text = _NOTICE + "\n".join(sorted(ordinary)) + "\n"
    (_RESOURCES / "ordinary_words.txt.gz").write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    further = sorted(census - ordinary - words.given - words.not_names)
    (_RESOURCES / "census_names.txt").write_text(_CENSUS + _wrapped(further), encoding="ascii")


def _wrapped(words: list[str]) -> str:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) >= _LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
