"""What the engine asks of the record. One thread saves; any thread may read."""

from collections.abc import Sequence as Several
from typing import Protocol, TypeAlias, TypeVar

from engine.model.accounts.access import Grants, Role, User, Verb
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.alerts.delivery import Delivery
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import Segment
from engine.model.cameras.track import Sequence
from engine.model.command_terms import KeptCommand
from engine.model.event import Event
from engine.model.people.gesture import Gesture
from engine.model.people.person import FaceGone, FaceSample, Person, PersonGone, Roster
from engine.model.question_type import RecordQuestion
from engine.model.review.review import ReviewItem
from engine.model.value_class import dataclass

T = TypeVar("T")

Storable: TypeAlias = (
    Event | Decision | Alert | Sequence | Clip | Delivery | Person | FaceSample | PersonGone | FaceGone | Segment | ReviewItem | KeptCommand
)


class Repository(Protocol):
    """The record of what happened."""

    def save(self, values: Several[Storable]) -> None:
        """Insert, or replace by id, all in one transaction. The writer thread only."""
        ...

    def answer(self, question: RecordQuestion[T]) -> T: ...

    def event(self, event_id: str) -> Event | None: ...

    def clip(self, clip_id: str) -> Clip | None: ...

    def open_events(self) -> tuple[Event, ...]:
        """Events without an end, oldest first."""
        ...

    def open_reviews(self) -> tuple[ReviewItem, ...]:
        """Review items without an end, oldest first."""
        ...

    def roster(self) -> Roster:
        """Everybody who is known, by id."""
        ...

    def gestures(self) -> tuple[Gesture, ...]:
        """All that were taught, with how often each was seen; oldest first."""
        ...

    def size_bytes(self) -> int: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredUser:
    user: User
    password_hash: str


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A session or machine token. `token_hash` is SHA-256 hex of the token; `expires_ns` None means until revoked.

    `verbs`, `cameras`: what it is limited to, beside what its user may; None: nothing beside. by: who made it. last_used_ns: of machines.
    """

    token_hash: str
    user_id: str
    label: str
    created_ns: int
    expires_ns: int | None
    machine: bool = False
    verbs: tuple[Verb, ...] | None = None
    cameras: Grants | None = None
    by: str = ""
    last_used_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Lockout:
    """Failed attempts in a row under one name, known or not, from one place or any; none is let in before `until_ns`."""

    failures: int
    until_ns: int


class AccountRepository(Protocol):
    """Accounts, small and rarely written. Any thread; each write is its own transaction."""

    def users(self) -> tuple[StoredUser, ...]: ...

    def add_user(self, user: StoredUser) -> None:
        """Raises InputError (field `name`) when the name, in any case, is taken."""
        ...

    def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Raises NotFound."""
        ...

    def change_user(self, user_id: str, role: Role, cameras: Grants | None) -> None:
        """Raises NotFound."""
        ...

    def set_last_sign_in(self, user_id: str, at_ns: int) -> None: ...

    def remove_user(self, user_id: str) -> None:
        """Also removes the user's tokens. Raises NotFound."""
        ...

    def add_token(self, token: StoredToken) -> None:
        """Raises NotFound when there is no such user."""
        ...

    def extend_token(self, token_hash: str, expires_ns: int) -> None:
        """Move its expiry; a token that was removed meanwhile stays removed."""
        ...

    def token(self, token_hash: str) -> StoredToken | None: ...

    def tokens(self) -> tuple[StoredToken, ...]:
        """All, newest first."""
        ...

    def touch_token(self, token_hash: str, used_ns: int) -> None:
        """It was used; one that was removed meanwhile stays removed."""
        ...

    def remove_token(self, token_hash: str) -> None: ...

    def remove_expired_tokens(self, now_ns: int) -> None: ...

    def lockout(self, name: str) -> Lockout: ...

    def set_lockout(self, name: str, lockout: Lockout) -> None:
        """No failures: the name is forgotten."""
        ...

    def forget_lockouts(self, name: str) -> None:
        """Of a name, and of all names that begin with it and a colon."""
        ...
