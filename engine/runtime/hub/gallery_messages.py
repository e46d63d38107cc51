"""What site and hub say to each other of galleries: whom the site describes for one, what it holds of others, and what there is."""

import json
from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import field
from typing import Any

from engine.model.people.purposes import ELSEWHERE_ID, KnownElsewhere, PersonDescription
from engine.model.plain_text import without_control
from engine.model.tolerant_wire import read_tolerantly
from engine.model.value_class import dataclass
from engine.model.wire import to_plain
from engine.runtime.hub.hub_asking import read_json

MOST_ENTRIES = 1_000
"""That a site describes, and that it holds."""
_LONGEST = 200


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


def pack_report(report: GalleryReport) -> bytes:
    return json.dumps({"own": to_plain(report.own), "held": dict(report.held)}).encode()


def read_report(data: bytes) -> GalleryReport:
    """Raises InputError (`message`)."""
    return read_json(data, lambda said: GalleryReport(_entries(said["own"]), _digests(said["held"])))


def pack_offer(offer: GalleryOffer) -> bytes:
    return json.dumps({"lacking": to_plain(offer.lacking), "entries": dict(offer.entries)}).encode()


def read_offer(data: bytes) -> GalleryOffer:
    """Raises InputError (`message`)."""
    return read_json(data, lambda said: GalleryOffer(_entries(said["lacking"]), _digests(said["entries"])))


def pack_description(described: OwnDescription) -> bytes:
    return json.dumps(to_plain(described)).encode()


def read_description(data: bytes) -> OwnDescription:
    """Raises InputError."""
    return read_json(data, lambda said: read_tolerantly(OwnDescription, dict(said)))


def pack_wanted(entry_id: str) -> bytes:
    return json.dumps({"id": entry_id}).encode()


def read_wanted(data: bytes) -> str:
    """Raises InputError (`message`)."""
    return read_json(data, lambda said: str(said["id"]))


def pack_known(known: KnownElsewhere) -> bytes:
    return json.dumps(to_plain(known)).encode()


def read_known(data: bytes) -> KnownElsewhere:
    """Raises InputError."""
    return read_json(data, lambda said: read_tolerantly(KnownElsewhere, dict(said)))


def _entries(said: Any) -> tuple[OwnEntry, ...]:
    return tuple(OwnEntry(*(_short(each[name]) for name in ("purpose_id", "person_id", "digest"))) for each in _few(said))


def _digests(said: Any) -> dict[str, str]:
    found = {str(entry_id): _short(digest) for entry_id, digest in _few(said.items())}
    if not all(map(ELSEWHERE_ID.fullmatch, found)):
        raise ValueError("no ids of a gallery")
    return found


def _short(said: Any) -> str:
    return without_control(str(said))[:_LONGEST]


def _few(said: Any) -> Several[Any]:
    """Raises ValueError: there are more."""
    found = list(said)
    if len(found) > MOST_ENTRIES:
        raise ValueError("more than there can be")
    return found
