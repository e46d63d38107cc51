"""The phone lane: where phones are, and who carries which. People whom cameras and radio follow together come before mere blobs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.model.people.person import Person
from engine.model.radio.blob import BleMatch, Blob
from engine.model.radio.fused import FusedTrack, SourceKind
from engine.model.radio.radio import BleDeviceView, BleSightings
from engine.model.settings import Settings
from engine.model.site import Position
from engine.radio.ble.identity import IdentityAssigner
from engine.radio.ble.locator import PhoneLocator


class PhoneLane:
    """Sans-IO; the engine thread only.

    `devices`, and whose phone goes with which fused track or blob (`carried`, by its id), are of the last tick.
    """

    def __init__(self) -> None:
        self._settings = Settings()
        self._persons: Mapping[str, Person] = {}
        self._nodes: Mapping[str, Position] = {}
        self._located = PhoneLocator()
        self._names = IdentityAssigner()
        self.devices: tuple[BleDeviceView, ...] = ()
        self.carried: Mapping[str, BleMatch] = {}

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        self._located.configure(settings)
        self._names.configure(settings)

    def know(self, persons: Mapping[str, Person], gone: Iterable[str] = ()) -> None:
        """Who is known now: whose phones are heard. Nothing is kept of those who are `gone`."""
        self._persons = persons
        self._located.know(persons)
        self._names.know(persons, gone)

    def place(self, nodes: Mapping[str, Position]) -> None:
        """Where the nodes stand, metres."""
        self._nodes = nodes
        self._located.place(nodes)
        self._names.place(nodes)

    def take(self, heard: BleSightings) -> None:
        self._located.take(heard)

    def step(self, now_ns: int, blobs: Sequence[Blob], followed: Sequence[FusedTrack]) -> list[Blob]:
        """The blobs with names. `followed`: everybody on the floor by the tick before, known far better than blobs alone tell."""
        whose = dict(_whose(followed))
        presences = [*followed, *(blob for blob in blobs if blob.id not in whose)]
        self.devices = self._located.locate(now_ns)
        self._located.witness(now_ns, presences, self._names.accompanied)
        self.carried = self._names.assign(now_ns, presences, self.devices, whose)
        return [_carrying(blob, self.carried.get(whose.get(blob.id, blob.id))) for blob in blobs]

    def idle(self) -> None:
        """Nobody watches: no phone goes with anybody."""
        self.carried = {}

    def interrupt(self) -> None:
        """Nobody is followed on; where phones are stays known."""
        self._names = IdentityAssigner()
        self._ready()

    def set_back(self) -> None:
        """The clock was: what is known of phones would be of the future."""
        self._located = PhoneLocator()
        self._ready()

    def state(self) -> dict[str, Any]:
        return {"located": self._located.state(), "names": self._names.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._located.restore(state["located"])
        self._names.restore(state["names"])

    def _ready(self) -> None:
        self.carried = {}
        self.configure(self._settings)
        self.know(self._persons)
        self.place(self._nodes)


def _carrying(blob: Blob, match: BleMatch | None) -> Blob:
    return blob if blob.identity is match else replace(blob, identity=match)


def _whose(followed: Sequence[FusedTrack]) -> Iterator[tuple[str, str]]:
    """Which fused track each blob is part of."""
    for track in followed:
        for source in track.sources:
            if source.kind is SourceKind.RADIO:
                yield source.id, track.id
