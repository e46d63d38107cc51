"""Text that people and other programs give: without control characters, which end lines of requests and move the cursor of a terminal."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, cast

from engine.model.errors import InputError

# C0, DEL, C1, the separators of lines and paragraphs, and what overrides the direction of writing (Unicode Standard Annex 9).
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_IN_PARAGRAPHS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PARAGRAPHS = frozenset({"note", "text", "description", "procedure", "reason", "purpose", "listen_purpose"})  # fields of several lines


def check_line(field: str, text: str) -> None:
    """Refuse what is no single line of printable text.

    Raises:
        InputError: naming the character, as `U+000A`.
    """
    _check(field, text, CONTROL)


def check_texts(value: object, *, without: frozenset[str] = frozenset()) -> None:
    """Check every text in a value of the model, at any depth. Fields that hold several lines by nature may hold line breaks and tabs.

    Args:
        without: names of the value's own fields that are not judged: contents of files, and what only goes through a hash.

    Raises:
        InputError: with the path of the field, as `cameras[1].url`.
    """
    for path, name, text in _texts(value, "", "", without=without):
        _check(path, text, _IN_PARAGRAPHS if name in _PARAGRAPHS else CONTROL)


def without_control(text: str) -> str:
    """A text of several lines from anybody, without characters that are none or that turn others around."""
    return _IN_PARAGRAPHS.sub("", text).encode("utf-8", "ignore").decode()


def escaped(text: str) -> str:
    """With control characters as they are written in Python (`\\n`, `\\x1b`), so that text from elsewhere stays one line of a log."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _check(field: str, text: str, forbidden: re.Pattern[str]) -> None:
    found = forbidden.search(text)
    if found is not None:
        raise InputError(field, f"may not hold control characters (U+{ord(found[0]):04X} at position {found.start() + 1})")


def _texts(value: object, path: str, name: str, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, str]]:
    """Path, name of the field, text."""
    if isinstance(value, str):
        yield path, name, value
    elif is_dataclass(value):
        for each in fields(value):
            if each.name not in without:
                yield from _texts(getattr(value, each.name), f"{path}.{each.name}" if path else each.name, each.name)
    elif isinstance(value, (tuple, list, frozenset)):
        for index, each in enumerate(cast("tuple[Any, ...]", value)):
            yield from _texts(each, f"{path}[{index}]", name)
    elif isinstance(value, dict):
        for key, each in cast("dict[Any, Any]", value).items():
            yield from _texts(key, path, name)
            yield from _texts(each, f"{path}.{key}", name)
