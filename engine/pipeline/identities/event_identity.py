"""Who somebody is, for the events that tell of them: the same person in all of them, and what the name rests on."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from engine.model.event import Event
from engine.model.radio.blob import BleMatch, Blob
from engine.model.radio.fused import AssertionKind, FusedIdentity, FusedPicture, SourceKind
from engine.model.value_class import dataclass

SUREST = (AssertionKind.OPERATOR, AssertionKind.FACE, AssertionKind.VOICE, AssertionKind.GESTURE, AssertionKind.BLE, AssertionKind.REID)


@dataclass(frozen=True, slots=True)
class EventIdentity:
    """A person's id and name, always both; empty: nobody known. named_by: what that rests on."""

    person_id: str = ""
    person: str = ""
    named_by: AssertionKind | None = None

    def is_another(self, event: Event, person_ids: Set[str]) -> bool:
        """Whether the event is of one person on file (`person_ids`) and they are another: then it ends, and theirs begins, each told for
        its own time. An operator's word corrects a name, and whoever was merged is no other."""
        known = self.named_by is not AssertionKind.OPERATOR and event.person_id in person_ids
        return known and self.person_id not in ("", event.person_id)

    def onto(self, event: Event) -> Event:
        """The event with this name. A name once known stays until there is another one, and so does the surest of what it rests on."""
        if not self.person_id:
            return event
        grounds = {self.named_by, event.named_by} if event.person_id == self.person_id else {self.named_by}
        surest = next((each for each in SUREST if each in grounds), None)
        if (event.person_id, event.person, event.named_by) == (self.person_id, self.person, surest):
            return event
        return replace(event, person_id=self.person_id, person=self.person, named_by=surest)


NOBODY = EventIdentity()


def identity_of(identity: FusedIdentity | BleMatch | None) -> EventIdentity:
    match identity:
        case None:
            return NOBODY
        case BleMatch():
            return EventIdentity(identity.person_id, identity.person_name, AssertionKind.BLE)
        case FusedIdentity():
            return EventIdentity(identity.person_id, identity.person_name, identity.named_by)


def on_floor(picture: FusedPicture | None) -> dict[str, EventIdentity]:
    """Who each blob of the floor's people is, by its id, as all sensors together tell."""
    tracks = () if picture is None else picture.tracks
    return {source.id: identity_of(track.identity) for track in tracks for source in track.sources if source.kind is SourceKind.RADIO}


def of_blobs(blobs: Iterable[Blob], floor: Mapping[str, EventIdentity]) -> dict[str, EventIdentity]:
    """Of a blob that the floor does not know yet its phone tells."""
    return {blob.id: floor.get(blob.id, identity_of(blob.identity)) for blob in blobs}
