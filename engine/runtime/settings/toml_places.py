"""On which line of a TOML text each field stands. `tomllib` gives values without places, and a person looks for a line.

Reads the text of a valid document (https://toml.io/en/v1.0.0) and stops without complaint where it is not one: finding what is wrong is
`tomllib`'s work. Paths are those of `engine.model.wire`: `cameras[1].url`.
"""

import re
from collections import Counter

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]+")


class _NotToml(Exception):
    """The text cannot be read further."""


def places(text: str) -> list[tuple[str, int]]:
    """Every table, key and array item with its line (from 1), in the order of the text, as far as it can be read."""
    reader = _Reader(text)
    try:
        reader.document()
    except (_NotToml, RecursionError):
        return reader.found
    return reader.found


def line_of(found: list[tuple[str, int]], field: str) -> int:
    """The line of a field, or of the nearest thing that encloses it (a missing key: its table); 1 when there is none."""
    lines = dict(reversed(found))  # where it is first
    while field and field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines.get(field, 1)


class _Reader:
    def __init__(self, text: str) -> None:
        self.found: list[tuple[str, int]] = []
        self._text = text
        self._at = 0
        self._tables: Counter[str] = Counter()  # how many items an array of tables has so far

    def document(self) -> None:
        table = ""
        while self._skip(_BLANK) < len(self._text):
            table = self._header() if self._text[self._at] == "[" else self._pair(table)

    def _header(self) -> str:
        start = self._at
        opening = "[[" if self._text.startswith("[[", self._at) else "["
        self._at += len(opening)
        path = self._through_arrays(self._dotted())
        if opening == "[[":
            self._note_place(path, start)
            self._tables[path] += 1
            path = f"{path}[{self._tables[path] - 1}]"
        self._note_place(path, start)
        self._expect("]" * len(opening))
        return path

    def _through_arrays(self, names: list[str]) -> str:
        """A header's name, where all but the last part of an array of tables mean its latest item."""
        path = ""
        for index, name in enumerate(names):
            path = _dotted_path(path, name)
            if index < len(names) - 1 and self._tables[path]:
                path = f"{path}[{self._tables[path] - 1}]"
        return path

    def _pair(self, table: str) -> str:
        """`key = value` in a table. Gives the table back."""
        start, path = self._at, table
        for name in self._dotted():
            path = _dotted_path(path, name)
            self._note_place(path, start)
        self._expect("=")
        self._value(path)
        return table

    def _dotted(self) -> list[str]:
        names = [self._read_key()]
        while self._skip(_SPACE) < len(self._text) and self._text[self._at] == ".":
            self._at += 1
            names.append(self._read_key())
        return names

    def _read_key(self) -> str:
        self._skip(_SPACE)
        for pattern, quotes in ((_BARE, 0), (_STRING, 1)):
            match = pattern.match(self._text, self._at)
            if match is not None:
                self._at = match.end()
                return match.group()[quotes : len(match.group()) - quotes]
        raise _NotToml

    def _value(self, path: str) -> None:
        self._skip(_SPACE)
        following = self._text[self._at : self._at + 1]
        if following == "[":
            self._array(path)
        elif following == "{":
            self._inline_table(path)
        else:
            self._take_match(_STRING if following in ("'", '"') else _SCALAR)

    def _array(self, path: str) -> None:
        self._at += 1
        index = 0
        while not self._closed_by("]"):
            self._note_place(f"{path}[{index}]", self._at)
            self._value(f"{path}[{index}]")
            index += 1
            self._skip_comma()

    def _inline_table(self, path: str) -> None:
        self._at += 1
        while not self._closed_by("}"):
            self._pair(path)
            self._skip_comma()

    def _closed_by(self, bracket: str) -> bool:
        if self._skip(_BLANK) >= len(self._text):
            raise _NotToml
        closed = self._text[self._at] == bracket
        self._at += closed
        return closed

    def _skip_comma(self) -> None:
        if self._skip(_BLANK) < len(self._text) and self._text[self._at] == ",":
            self._at += 1

    def _expect(self, text: str) -> None:
        self._skip(_SPACE)
        if not self._text.startswith(text, self._at):
            raise _NotToml
        self._at += len(text)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        self._at = self._at if match is None else match.end()
        return self._at

    def _take_match(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _NotToml
        self._at = match.end()

    def _note_place(self, path: str, at: int) -> None:
        self.found.append((path, self._text.count("\n", 0, at) + 1))


def _dotted_path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
