"""Who a user is, and what they are called: an id that nobody else ever has, and a name that somebody else may have later."""

from abc import ABC, abstractmethod
from typing import Protocol

from engine.model.value_class import dataclass

VOUCHED = "hub-"  # what the ids of those begin with for whom a site's hub vouches
BY_PROVIDER = "oidc-"  # and of those, at a hub, whom its identity provider signs in


def is_asked_about(user_id: str) -> bool:
    """Whether an identity provider says how long they may go on, at a hub or at a site of it. `user_id`: also below the key of a site."""
    return user_id.rpartition("/")[2].removeprefix(VOUCHED).startswith(BY_PROVIDER)


class UserRef(Protocol):
    """A `User`, or a `NamedUser`."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class NamedUser:
    """A user as a record names them; `id` is empty in records of before."""

    name: str
    id: str = ""


NOBODY = NamedUser("")


class SeveralAccounts(ABC):
    """A `UserRef` of somebody who has an account at each of several sites; `id` and `name` are those of one."""

    @property
    @abstractmethod
    def id(self) -> str: ...

    @property
    @abstractmethod
    def name(self) -> str: ...

    @property
    @abstractmethod
    def accounts(self) -> tuple[UserRef, ...]: ...


def accounts_of(user: UserRef) -> tuple[UserRef, ...]:
    return user.accounts if isinstance(user, SeveralAccounts) else (user,)
