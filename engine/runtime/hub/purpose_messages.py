"""What site and hub say to each other of purposes: the site what it agrees to and who is under it, the hub what it offers and holds."""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from engine.model.people.purposes import MOST_PURPOSES, Purpose
from engine.model.plain_text import without_control
from engine.model.tolerant_wire import read_tolerantly
from engine.model.value_class import dataclass
from engine.model.wire import to_plain
from engine.runtime.hub.hub_asking import at_most, read_json

MOST_IDS = 2_000
"""Persons of one site for one purpose."""


@dataclass(frozen=True, slots=True)
class PurposeReport:
    """By purpose. `agreed`: the digest of the terms that the site agreed to. persons: ids of whom is under it. unknown: ids of persons that
    the hub named and the site does not know, as they were erased, or found to be another."""

    agreed: Mapping[str, str] = field(default_factory=dict[str, str])
    persons: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PurposeOffer:
    """`linked`: by purpose, ids of the site's persons in links and proposals."""

    purposes: tuple[Purpose, ...] = ()
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def pack_report(report: PurposeReport) -> bytes:
    return json.dumps({"agreed": report.agreed, "persons": report.persons, "unknown": report.unknown}).encode()


def read_report(data: bytes) -> PurposeReport:
    """Raises InputError (`message`)."""

    def read(said: Any) -> PurposeReport:
        agreed = {str(purpose): str(digest) for purpose, digest in at_most(said["agreed"].items(), MOST_PURPOSES)}
        return PurposeReport(agreed, _ids_by_purpose(said["persons"]), _ids(said["unknown"]))

    return read_json(data, read)


def pack_offer(offer: PurposeOffer) -> bytes:
    return json.dumps({"purposes": to_plain(offer.purposes), "linked": offer.linked}).encode()


def read_offer(data: bytes) -> PurposeOffer:
    """Raises InputError."""

    def read(said: Any) -> PurposeOffer:
        purposes = tuple(read_tolerantly(Purpose, dict(each)) for each in at_most(said["purposes"], MOST_PURPOSES))
        return PurposeOffer(purposes, _ids_by_purpose(said["linked"]))

    return read_json(data, read)


def _ids_by_purpose(said: Any) -> dict[str, tuple[str, ...]]:
    return {str(purpose): _ids(ids) for purpose, ids in at_most(said.items(), MOST_PURPOSES)}


def _ids(said: Any) -> tuple[str, ...]:
    return tuple(without_control(str(each)) for each in at_most(said, MOST_IDS))
