"""Names of people as they leave for a language model, and back: Person A, Person B … to Person Z, Person AA.

What is known of people by name is the directory, and who acted upon alerts. Such names are replaced wherever they stand, in questions,
reasons and descriptions too, also in part and whatever the case. A name that nobody knows (typed, or in somebody's description) is not
recognised as one; `docs/investigator/ask.md` and the settings say so.
"""

import re
from collections.abc import Iterable

from engine.history.lexicon.tables import is_word
from engine.history.names import Directory, NamedKind

_SHORTEST_PART = 2
_BACK = re.compile(r"\bPerson ([A-Z]{1,3})\b")


class Pseudonyms:
    """Of one question. One thread."""

    def __init__(self, directory: Directory, others: Iterable[str] = ()) -> None:
        """`others`: of operators."""
        self._by_name: dict[str, str] = {}
        self._names: dict[str, str] = {}  # by pseudonym
        self._ids: dict[str, str] = {}  # pseudonym by person id
        self._taken = {each.name.casefold() for each in directory.named}
        self._count = 0
        for person in directory.of_kind(NamedKind.PERSON):
            self._ids[person.id] = self._pseudonym_of(person.name)
        for other in others:
            self.also(other)
        self._pattern: re.Pattern[str] | None = None
        self._parts: dict[str, set[str]] = {}

    def also(self, name: str) -> str:
        """A name that comes up on the way: its pseudonym."""
        if not name.strip():
            return ""
        self._pattern = None
        return self._pseudonym_of(name)

    def of_id(self, person_id: str) -> str:
        return self._ids.get(person_id, "")

    def ids(self, pseudonym: str) -> tuple[str, ...]:
        """Of whom it stands; several where people have the same name."""
        wanted = " ".join(pseudonym.split()).casefold()
        return tuple(id_ for id_, each in self._ids.items() if each.casefold() == wanted)

    def out(self, text: str) -> str:
        """As it may leave."""
        if self._pattern is None:
            self._rebuild_patterns()
        pattern = self._pattern
        return text if pattern is None else pattern.sub(lambda found: self._instead(found.group(0)), text)

    def back(self, text: str) -> str:
        return _BACK.sub(lambda found: self._names.get(found.group(0), found.group(0)), text)

    def _pseudonym_of(self, name: str) -> str:
        key = " ".join(name.split()).casefold()
        if key not in self._by_name:
            pseudonym = self._next_pseudonym()
            self._by_name[key] = pseudonym
            self._names[pseudonym] = name
        return self._by_name[key]

    def _next_pseudonym(self) -> str:
        """One that is nobody's name."""
        while True:
            pseudonym = f"Person {_letters(self._count)}"
            self._count += 1
            if pseudonym.casefold() not in self._taken:
                return pseudonym

    def _rebuild_patterns(self) -> None:
        self._parts = {}
        for key, pseudonym in self._by_name.items():
            for part in re.findall(r"[^\W\d_]+", key):
                if len(part) >= _SHORTEST_PART:
                    self._parts.setdefault(part, set()).add(pseudonym)
        known = sorted({*self._by_name, *self._parts}, key=lambda each: (-len(each), each))
        spelled = "|".join(r"\s+".join(re.escape(word) for word in each.split()) for each in known)
        self._pattern = re.compile(rf"(?<!\w)(?:{spelled})(?!\w)", re.IGNORECASE) if known else None

    def _instead(self, found: str) -> str:
        key = " ".join(found.split()).casefold()
        if key in self._by_name:
            whole = self._by_name[key]
            return found if self._is_plain_word(found, key) else whole
        if self._is_plain_word(found, key):
            return found
        return " or ".join(sorted(self._parts[key]))

    def _is_plain_word(self, found: str, key: str) -> bool:
        """`will` and `may` are words, `Will` and `May` may be people."""
        return " " not in key and found == found.casefold() and is_word(key)


def _letters(number: int) -> str:
    """A … Z, AA … as columns of a sheet."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
