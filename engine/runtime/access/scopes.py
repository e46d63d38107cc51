"""Who may do what: the verbs that a session has, and the cameras that it is limited to.

Each operation is registered with its scope; these are the checks that operations share with the doors beside the ports (of nodes, of the
PIN). Nowhere is a verb looked at alone where something is done, given or told.
"""

from collections.abc import Iterable
from typing import Protocol

from engine.model.accounts.access import ROLE_VERBS, Grants, Role, Scope, Session, User, Verb, within
from engine.model.errors import BeyondCameras, NotFound, PermissionDenied
from engine.model.settings import Settings

PIN_VERBS = ROLE_VERBS[Role.OPERATOR]  # of the session that the PIN opens


class ScopesHost(Protocol):
    """What this needs of the engine."""

    @property
    def settings(self) -> Settings: ...


def scope_of(engine: ScopesHost, session: Session) -> Scope | None:
    """None: no limit."""
    return session.scope(engine.settings.cameras)


def check_verb(session: Session, verb: Verb) -> None:
    """Raises PermissionDenied."""
    if not session.may(verb):
        raise PermissionDenied(verb)


def check_site(session: Session, verb: Verb) -> None:
    """Of what concerns the whole site, or what no camera saw: for nobody who is limited. Raises PermissionDenied, BeyondCameras."""
    check_verb(session, verb)
    if session.cameras is not None:
        raise BeyondCameras(verb)


def check_pin(engine: ScopesHost, session: Session) -> None:
    """Whoever sets the PIN gives what it opens: an operator's session that sees everything. Raises PermissionDenied, BeyondCameras."""
    check_site(session, Verb.ADMINISTER)
    check_given(engine, session, PIN_VERBS, None)


def require_found(shown: bool, otherwise: str) -> bool:
    """True, or NotFound in the words in which the engine says that there is none at all."""
    if not shown:
        raise NotFound(otherwise)
    return True


def check_given(engine: ScopesHost, session: Session, verbs: Iterable[Verb], cameras: Grants | None) -> None:
    """Nobody gives more than they have. Raises PermissionDenied, BeyondCameras."""
    beyond = sorted(frozenset(verbs) - session.verbs)
    if beyond:
        raise PermissionDenied(beyond[0])
    if not within_session(engine, session, cameras):
        raise BeyondCameras(Verb.ADMINISTER)


def check_holder(engine: ScopesHost, session: Session, user: User) -> None:
    """Nobody takes from those who have more. Raises PermissionDenied, BeyondCameras."""
    check_given(engine, session, ROLE_VERBS[user.role], user.cameras)


def within_session(engine: ScopesHost, session: Session, cameras: Grants | None) -> bool:
    return within(cameras, session.cameras, engine.settings.cameras)
