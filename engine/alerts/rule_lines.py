"""Where in a text of rules things stand: TOML's reader tells values, and no lines."""

import re

_HEADER = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
_KEY = re.compile(r"""^\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
_AT_END = re.compile(r"\s*\(at end of document\)$")
_LONG_STRINGS = re.compile(r'"""|\'\'\'')


class RuleLines:
    """Lines are counted from 1; 0 stands for no line."""

    def __init__(self, text: str) -> None:
        self._keys: list[dict[str, int]] = []
        inside = ""
        for number, line in enumerate(text.split("\n"), 1):  # as TOML has them
            if not inside:
                self._read_line(number, line)
            for mark in _LONG_STRINGS.findall(line):
                inside = mark if not inside else "" if mark == inside else inside

    def _read_line(self, number: int, line: str) -> None:
        if _HEADER.match(line):
            self._keys.append({"": number})
        elif self._keys and (key := _KEY.match(line)):
            self._keys[-1].setdefault(key[1], number)

    def line_of(self, index: int, rules: int, field: str) -> int:
        """Of a field (`kinds[2]` stands in `kinds`) of the rule `index` among so many; its head where the field is not there."""
        if len(self._keys) != rules:
            return 0  # they are written without heads
        keys = self._keys[index]
        return keys.get(field.partition("[")[0].partition(".")[0], keys[""])


def undecoded(error: Exception, text: str) -> tuple[int, str]:
    """The line that TOML's reader names in its words, and the words without it."""
    words = str(error)
    if at := _AT_LINE.search(words):
        return int(at[1]), f"{words[: at.start()]} (column {at[2]})"
    if at := _AT_END.search(words):
        return text.rstrip().count("\n") + 1, f"{words[: at.start()]} (at the end)"
    return 0, words
