"""What the gateway's endpoints for nodes need of an engine."""

from typing import Annotated, Protocol

from fastapi import Depends
from fastapi.requests import HTTPConnection

from engine.gateway.border.bearer import TokenOf
from engine.gateway.border.shown_token import given_token
from engine.model.accounts.access import Session, Verb
from engine.model.command import AddFirmware, ProvisionNode, UpdateNodes
from engine.model.errors import NotSignedIn
from engine.runtime.access.scopes import check_site
from engine.sources.node.firmware import FirmwareStore
from engine.sources.node.hub import NodeHub
from engine.sources.node.provisioning import Provisioner


class SignedIn(Protocol):
    @property
    def session(self) -> Session: ...


class NodeDoor(Protocol):
    """The engine as nodes and those who look after them see it. `enter` raises NotSignedIn."""

    @property
    def nodes(self) -> NodeHub: ...

    @property
    def firmware(self) -> FirmwareStore: ...

    @property
    def provisioner(self) -> Provisioner: ...

    def enter(self, token: str) -> SignedIn: ...

    def note(self, done: AddFirmware | UpdateNodes | ProvisionNode, outcome: str, by: str) -> None:
        """What was done is in the audit then, or as soon as that can be written."""
        ...

    def enter_at_once(self, token: str) -> SignedIn | None:
        """None where that would take a look at the record."""
        ...


def node_door(connection: HTTPConnection) -> NodeDoor:
    return connection.app.state.nodes


DoorOfNodes = Annotated[NodeDoor, Depends(node_door)]


def check(door: NodeDoor, token: str, verb: Verb) -> Session:
    """Nodes, their tokens and firmware are the whole site's. Raises NotSignedIn, PermissionDenied, BeyondCameras."""
    session = door.enter(token).session
    check_site(session, verb)
    return session


def looking(door: DoorOfNodes, token: TokenOf) -> NodeDoor:
    check(door, token, Verb.SEE_LIVE)
    return door


def pairing(connection: HTTPConnection, door: DoorOfNodes) -> NodeDoor:
    """Anybody while pairing is open, an admin at any time. Raises NotSignedIn, PermissionDenied."""
    if not door.nodes.pairing.is_open:
        token = given_token(connection)
        if not token:
            raise NotSignedIn("Pairing is closed. Open it on the Devices page, or sign in as an admin.")
        check(door, token, Verb.ADMINISTER)
    return door


def admin_name(door: DoorOfNodes, token: TokenOf) -> str:
    """Whoever is noted for what an admin does. Raises NotSignedIn, PermissionDenied."""
    return check(door, token, Verb.ADMINISTER).user.name


AdminName = Annotated[str, Depends(admin_name)]
Looking = Annotated[NodeDoor, Depends(looking)]
Pairing = Annotated[NodeDoor, Depends(pairing)]
