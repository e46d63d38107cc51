"""What tells of a person, and how it is made to tell of nobody, where they are erased, or of another."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace

from engine.model.event import Event
from engine.model.value_class import dataclass

ERASED_NAME = "Erased person"


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """Of whom nothing is left but this. `pseudonym`: what events of theirs tell of. digest: `digest_of` their id, by which copies of the
    record that were made before can forget them too; empty: they stayed, as they were locked when it came to it. erased_ns: when all was
    done."""

    pseudonym: str
    digest: str
    erased_ns: int


def digest_of(person_id: str) -> str:
    """By which an id is known again, where it is nowhere kept. SHA-256, hexadecimal."""
    return hashlib.sha256(person_id.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Traces:
    """`names` that they had, at least one; `pseudonym` stands for their id, and tells nothing about them; `instead` for the names."""

    person_id: str
    names: tuple[str, ...]
    pseudonym: str
    instead: str = ERASED_NAME

    def also(self, names: Iterable[str]) -> "Traces":
        return replace(self, names=tuple(sorted({*self.names, *(name for name in names if name)})))

    def concerns(self, event: Event) -> bool:
        return event.person_id == self.person_id or event.person in self.names

    def event(self, event: Event) -> Event:
        """Without them. Itself, where it does not tell of them."""
        whose = self.concerns(event)
        candidates = tuple(candidate for candidate in event.candidates if candidate[0] != self.person_id)
        elsewhere = self.text(event.reason) != event.reason or self.person_id in event.subject_id or candidates != event.candidates
        if not whose and not elsewhere:
            return event
        return replace(
            event,
            person=self.instead if whose else event.person,
            person_id=self.pseudonym if event.person_id == self.person_id else event.person_id,
            reason=self.text(event.reason),
            subject_id=self.text(event.subject_id),
            candidates=candidates,
        )

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names as they stand in texts and in JSON, the longest first."""
        return tuple(sorted({*self.names, *(json.dumps(name)[1:-1] for name in self.names)}, key=lambda name: (-len(name), name)))

    def text(self, text: str) -> str:
        """Whole words only: erasing Ann leaves Annex as it is. Also as JSON writes names."""
        for name in self.spellings:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: self.instead, text)
        return text.replace(self.person_id, self.pseudonym)
