"""What the gateway needs of an engine for its nodes, without the engine: the real hub, store and tokens; two tokens that are known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Never

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.command import AddFirmware, ProvisionNode, UpdateNodes
from engine.model.errors import NotSignedIn
from engine.model.time import SystemClock
from engine.runtime.catalogue import audit_entries, load
from engine.sources.node.firmware import FirmwareStore
from engine.sources.node.hub import NodeHub
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.provisioning import Provisioner
from engine.sources.node.tokens import NodeTokens
from tests.fakes.node_peer import MemoryStore


@dataclass(frozen=True)
class Entered:
    session: Session


class NoSite:
    """Behind a gateway at which only nodes come in."""

    origins: tuple[str, ...] = ()

    def report(self, *_: object) -> Never:
        raise AssertionError("Nobody reports here.")


class FakeNodeDoor:
    """`admin` and `operator` are the tokens of accounts with those roles."""

    def __init__(self, folder: Path, update_gap_s: float = 0.0) -> None:
        self.clock = SystemClock()
        tokens = NodeTokens(MemoryStore())
        self.nodes = NodeHub(self.clock, tokens, PairingDoor(self.clock), update_gap_s=update_gap_s)
        self.firmware = FirmwareStore(folder / "firmware", self.clock)
        self.provisioner = Provisioner(tokens)
        self.noted: list[tuple[str, str, str]] = []
        load()  # as an engine does before its first operation

    def enter(self, token: str) -> Entered:
        if token not in ("admin", "operator"):
            raise NotSignedIn("That token is not known.")
        role = Role(token)
        return Entered(Session(token, User(token, token, role), ROLE_VERBS[role]))

    def enter_at_once(self, token: str) -> Entered:
        return self.enter(token)

    def note(self, done: AddFirmware | UpdateNodes | ProvisionNode, outcome: str, by: str) -> None:
        self.noted += [(by, verb.value, subject) for verb, subject, _ in audit_entries(done, outcome, lambda thing: thing)]
