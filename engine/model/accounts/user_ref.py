"""Who a user is, and what they are called: an id that nobody else ever has, and a name that somebody else may have later."""

from typing import Protocol

from engine.model.value_class import dataclass


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
