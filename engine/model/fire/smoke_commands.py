"""What sessions can tell the engine to do about smoke."""

from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.fire.smoke import SmokeLabel
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class LabelSmoke:
    """Say what a sequence is; None takes that back. What is no wildfire smoke is a plume of its own from then on.

    The outcome is the plume that it is in. Raises NotFound, as the others do.
    """

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    sequence_id: str
    label: SmokeLabel | None


@dataclass(frozen=True, slots=True)
class UnmatchSmoke:
    """A sequence is no part of a plume, now and from now on. The outcome is the plume that it is in then.

    Raises InputError where it is the only one of it.
    """

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    plume_id: str
    sequence_id: str


@dataclass(frozen=True, slots=True)
class MergeSmoke:
    """Two plumes are one, now and from now on. The outcome is the plume that the sequences of both are in then."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    plume_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class RemoveSmoke:
    """Delete a sequence; with the last of its sequences a plume is no more."""

    verb: ClassVar[Verb] = Verb.DELETE
    sequence_id: str


SmokeCommand: TypeAlias = LabelSmoke | UnmatchSmoke | MergeSmoke | RemoveSmoke
