"""Whether a row on screen has the words that are typed: in the language on screen or in English, whatever their case and accents."""

import re
import unicodedata
from collections.abc import Iterable

from widgets.engine_text import translate_engine_text

_KEY = re.compile(r"(?<!\S)[^\W\d]+:(?=\S)")  # of a typed filter, `camera:Gate`: the row has its value


def row_has(text: str, parts: Iterable[str]) -> bool:
    """`parts`: all texts of the row; sentences of the engine count as they are shown, too."""
    words = _plain(_KEY.sub("", text).replace('"', " ")).split()
    if not words:
        return True
    known = tuple(part for part in parts if part)
    there = _plain(" ".join((*known, *map(translate_engine_text, known))))
    return all(word.removesuffix("*") in there for word in words)


def _plain(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
