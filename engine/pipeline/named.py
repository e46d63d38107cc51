"""Who somebody on the floor is, for the events that radio tells: the same person that cameras' events name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.model.blob import BleMatch, Blob
from engine.model.fused import FusedIdentity, FusedPicture, SourceKind


@dataclass(frozen=True, slots=True)
class Named:
    """A person's id and name, always both; empty: nobody known."""

    person_id: str = ""
    person: str = ""


NOBODY = Named()


def named(identity: FusedIdentity | BleMatch | None) -> Named:
    return NOBODY if identity is None else Named(identity.person_id, identity.person_name)


def on_floor(picture: FusedPicture | None) -> dict[str, Named]:
    """Who each blob of the floor's people is, by its id, as all sensors together tell."""
    tracks = () if picture is None else picture.tracks
    return {source.id: named(track.identity) for track in tracks for source in track.sources if source.kind is SourceKind.RADIO}


def of_blobs(blobs: Iterable[Blob], floor: Mapping[str, Named]) -> dict[str, Named]:
    """Of a blob that the floor does not know yet its phone tells."""
    return {blob.id: floor.get(blob.id, named(blob.identity)) for blob in blobs}
