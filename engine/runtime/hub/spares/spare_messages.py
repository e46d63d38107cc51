"""What a site and a spare say to their hub about sealed settings. JSON; packages as base64."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from engine.model.value_class import dataclass
from engine.runtime.hub.hub_asking import read_json

SPARES, SPARE_PACKAGE, SPARE_SITES, STAND_IN = "spares", "spare-package", "spare-sites", "stand-in"
"""Acts (`subjects.record_subject`). Of a site: which spares it allows, and a package for one. Of a spare: which sites it is for, and a
place in the record for what it sees at one."""
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class SpareSite:
    """A site that allows this spare. `public_key`: by which it joined. version: of the newest package that the hub has. package: empty:
    the spare has it already, or gets it the next time."""

    site: str
    public_key: str
    version: int
    package: bytes = b""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a spare needs to speak for a site: as `member` with these claims. `nats`, hub_key: as of a membership."""

    member: str
    claims: str
    nats: str
    hub_key: str


def pack_versions(versions: Mapping[str, int]) -> bytes:
    """By key of the spare, or of the site."""
    return json.dumps({"versions": dict(versions)}).encode()


def read_versions(data: bytes) -> Mapping[str, int]:
    """Raises InputError (`message`)."""
    return read_json(data, lambda told: {str(key): int(version) for key, version in told["versions"].items()})


def pack_sites(sites: tuple[SpareSite, ...]) -> bytes:
    rows = [[each.site, each.public_key, each.version, base64.b64encode(each.package).decode()] for each in sites]
    return json.dumps({"sites": rows}).encode()


def read_sites(data: bytes) -> tuple[SpareSite, ...]:
    """Raises InputError (`message`)."""

    def read(told: Any) -> tuple[SpareSite, ...]:
        if not all(_KEY.fullmatch(str(row[0])) for row in told["sites"]):
            raise ValueError("no key of a site")  # folders are named after it
        return tuple(SpareSite(str(s), str(key), int(v), base64.b64decode(package, validate=True)) for s, key, v, package in told["sites"])

    return read_json(data, read)


def pack_stand_in_wish(site: str, public_key: str) -> bytes:
    """`public_key`: by which the spare is known where it stands in for that site."""
    return json.dumps({"site": site, "key": public_key}).encode()


def read_stand_in_wish(data: bytes) -> tuple[str, str]:
    """Raises InputError (`message`)."""
    return read_json(data, lambda told: (str(told["site"]), str(told["key"])))


def pack_stand_in(given: StandIn) -> bytes:
    return json.dumps({"member": given.member, "claims": given.claims, "nats": given.nats, "hub_key": given.hub_key}).encode()


def read_stand_in(data: bytes) -> StandIn:
    """Raises InputError (`message`)."""
    return read_json(data, lambda told: StandIn(str(told["member"]), str(told["claims"]), str(told["nats"]), str(told["hub_key"])))
