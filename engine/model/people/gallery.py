"""Galleries of purposes: what a site says of its own and of what it holds, and what its hub names."""

from collections.abc import Mapping
from dataclasses import field

from engine.model.people.purposes import PersonDescription
from engine.model.value_class import dataclass

MOST_ENTRIES = 1_000
"""That a site describes, and that it holds."""


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """Somebody whom the site describes. `digest`: another one when name, faces or the end changed."""

    purpose_id: str
    person_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class GalleryReport:
    """`held`: digests of what the site holds of others, by id."""

    own: tuple[OwnEntry, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class GalleryOffer:
    """`lacking`: of the site's own, what the hub does not have. entries: digests of what the site may hold, by id; nothing else."""

    lacking: tuple[OwnEntry, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class OwnDescription:
    """What the site gives of one of its own."""

    entry: OwnEntry
    name: str
    description: PersonDescription
    until_ns: int
