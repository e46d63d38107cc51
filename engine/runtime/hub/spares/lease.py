"""What a site and its spares tell each other by a bucket of NATS: the site's lease, and which spare stands in for it.

A value is kept under a subject of its own and heard by whoever listens there (https://docs.nats.io/nats-concepts/jetstream/key-value-store).
Nobody at a site reads its lease: that it is gone starts a spare, and stops nothing.
"""

import json
from enum import StrEnum

from engine.model.value_class import dataclass
from engine.runtime.hub.hub_asking import read_json

BUCKET = "watchroom_spares"
RENEWAL_S = 1.0
"""Between two renewals of a lease, and of what a spare says while it stands in."""


class LeaseState(StrEnum):
    HELD = "held"
    GIVEN_UP = "given_up"  # on purpose: nobody stands in, or any longer


@dataclass(frozen=True, slots=True)
class Lease:
    """`cameras`: how many are switched on. live: how many of them give pictures."""

    state: LeaseState
    cameras: int = 0
    live: int = 0


@dataclass(frozen=True, slots=True)
class Standing(Lease):
    """Of the spare whose key at the hub is `spare`."""

    spare: str = ""


def lease_subject(address: str) -> str:
    """`address`: of the site (`subjects.address_of`)."""
    return f"$KV.{BUCKET}.lease.{address}"


def standing_subject(address: str) -> str:
    """`address`: of the site that is stood in for; `*`: of all."""
    return f"$KV.{BUCKET}.standing.{address}"


def last_value_subject(subject: str) -> str:
    """Where the newest value under `subject` is asked for."""
    return f"$JS.API.DIRECT.GET.KV_{BUCKET}.{subject}"


def pack_lease(lease: Lease) -> bytes:
    spare = {"spare": lease.spare} if isinstance(lease, Standing) else {}
    return json.dumps({"state": lease.state.value, "cameras": lease.cameras, "live": lease.live, **spare}).encode()


def read_lease(data: bytes) -> Lease:
    """Raises InputError (`message`)."""
    return read_json(data, lambda told: Lease(LeaseState(told["state"]), int(told["cameras"]), int(told["live"])))


def read_standing(data: bytes) -> Standing:
    """Raises InputError (`message`)."""
    return read_json(data, lambda told: Standing(LeaseState(told["state"]), int(told["cameras"]), int(told["live"]), str(told["spare"])))
