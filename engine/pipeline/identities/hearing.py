"""What identities need of the voices that are heard; a site without microphones has none."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.model.cameras.track import Track
from engine.model.observation import FacesSeen
from engine.model.people.person import Person
from engine.model.people.speech import Utterance
from engine.model.people.traces import Traces
from engine.model.radio.fused import FusedIdentity, FusedPicture
from engine.model.settings import Settings
from engine.pipeline.output import StepOutput


class Voices(Protocol):
    """Of all microphones. Whoever derives from it hears nothing, until it says otherwise."""

    def configure(self, settings: Settings) -> None:
        """Settings of now."""

    def face(self, seen: FacesSeen) -> None:
        """Somebody's face was seen; whose does not matter here."""

    def hear(self, utterance: Utterance) -> None:
        """Somebody spoke."""

    def newcomer(self, track_id: str) -> Person | None:
        """Who somebody said they are, of whom nothing else is known: their face belongs to that person."""

    def tick(
        self,
        now_ns: int,
        picture: FusedPicture | None,
        tracks: Mapping[str, Sequence[Track]],
        names: Mapping[str, FusedIdentity],
        out: StepOutput,
    ) -> None:
        """After the floor's. `tracks` by camera; `names`: who each of them is."""

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Nothing that goes on tells of somebody who was erased."""

    def rename_person(self, gone: str, kept: str) -> None:
        """A person was another all along; an empty one: nobody."""

    def interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Watching broke off."""

    def open_event_ids(self) -> frozenset[str]:
        """Of questions that are still asked."""
        return frozenset()

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from `state()` of an earlier one."""


class _Deaf(Voices):
    """Of a site without microphones."""


NO_VOICES: Voices = _Deaf()
