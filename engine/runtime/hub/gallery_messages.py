"""What site and hub say to each other of galleries: whom the site describes for one, what it holds of others, and what there is."""

import json
from typing import Any

from engine.model.people.gallery import MOST_ENTRIES, GalleryOffer, GalleryReport, OwnDescription, OwnEntry
from engine.model.people.purposes import ELSEWHERE_ID, KnownElsewhere
from engine.model.plain_text import without_control
from engine.model.tolerant_wire import read_tolerantly
from engine.model.wire import to_plain
from engine.runtime.hub.hub_asking import at_most, read_json

_LONGEST = 200


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
    return tuple(OwnEntry(*(_short(each[name]) for name in ("purpose_id", "person_id", "digest"))) for each in at_most(said, MOST_ENTRIES))


def _digests(said: Any) -> dict[str, str]:
    found = {str(entry_id): _short(digest) for entry_id, digest in at_most(said.items(), MOST_ENTRIES)}
    if not all(map(ELSEWHERE_ID.fullmatch, found)):
        raise ValueError("no ids of a gallery")
    return found


def _short(said: Any) -> str:
    return without_control(str(said))[:_LONGEST]
