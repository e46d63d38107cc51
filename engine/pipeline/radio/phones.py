"""The phone lane: where phones are, and who carries which. People whom cameras and radio follow together come before mere blobs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.model.people.person import Person
from engine.model.radio.blob import BleMatch, Blob
from engine.model.radio.fused import FusedTrack, SourceKind
from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.radio.radio import BleDeviceView, BleSightings, PathLossView
from engine.model.settings import Settings
from engine.model.site import Position
from engine.radio.ble.identity import IdentityAssigner
from engine.radio.ble.locator import PhoneLocator
from engine.radio.ble.path_loss_learner import PathLossLearner


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
        self._losses = PathLossLearner()
        self.devices: tuple[BleDeviceView, ...] = ()
        self.carried: Mapping[str, BleMatch] = {}

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        self._located.configure(settings)
        self._names.configure(settings)
        self._losses.configure(settings)
        self._place_learner()

    def know(self, persons: Mapping[str, Person], gone: Iterable[str] = ()) -> None:
        """Who is known now: whose phones are heard. Nothing is kept of those who are `gone`."""
        self._persons = persons
        self._located.know(persons)
        self._names.know(persons, gone)
        self._losses.forget_persons(gone)

    def place(self, nodes: Mapping[str, Position]) -> None:
        """Where the nodes stand, metres."""
        self._nodes = nodes
        self._located.place(nodes)
        self._names.place(nodes)
        self._place_learner()

    def take(self, heard: BleSightings) -> None:
        self._located.take(heard)
        self._losses.take(heard)

    def step(self, now_ns: int, blobs: Sequence[Blob], followed: Sequence[FusedTrack]) -> list[Blob]:
        """The blobs with names. `followed`: everybody on the floor by the tick before, known far better than blobs alone tell."""
        whose = dict(_whose(followed))
        presences = [*followed, *(blob for blob in blobs if blob.id not in whose)]
        self.devices = self._located.locate(now_ns)
        self._located.witness(now_ns, presences, self._names.accompanied)
        self.carried = self._names.assign(now_ns, presences, self.devices, whose)
        self._learn(self._losses.step(now_ns, presences, self.devices, self.carried))
        return [_carrying(blob, self.carried.get(whose.get(blob.id, blob.id))) for blob in blobs]

    @property
    def path_losses(self) -> tuple[PathLossView, ...]:
        """Learned ones that are in force: of scanners with a place that nobody calibrated."""
        calibrated = {each.scanner for each in self._settings.radio.calibrations}
        return tuple(
            PathLossView(scanner, round(each.loss.power_dbm, 1), round(each.loss.exponent, 2), each.readings)
            for scanner, each in sorted(self._losses.learned.items())
            if scanner in self._located.scanners and scanner not in calibrated
        )

    @property
    def learned(self) -> tuple[LearnedPathLoss, ...]:
        """As they are now, also of scanners that an administrator calibrated."""
        return tuple(self._losses.learned.values())

    def idle(self) -> None:
        """Nobody watches: no phone goes with anybody."""
        self.carried = {}

    def interrupt(self) -> None:
        """Nobody is followed on; where phones are stays known."""
        self._names = IdentityAssigner()
        self._ready()

    def set_back(self) -> None:
        """The clock was: what is known of phones would be of the future."""
        self._located, self._losses = PhoneLocator(), PathLossLearner()
        self._ready()

    def state(self) -> dict[str, Any]:
        return {"located": self._located.state(), "names": self._names.state(), "losses": self._losses.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        if "losses" in state:  # older ones have none
            self._losses.restore(state["losses"])
        self._learn(tuple(self._losses.learned))
        self._located.restore(state["located"])
        self._names.restore(state["names"])

    def _place_learner(self) -> None:
        """All scanners, the machine's own adapter among them. What was learned of one that was moved goes."""
        if self._losses.place(self._located.scanners):
            self._learn(tuple(self._located.scanners))

    def _learn(self, changed: Sequence[str]) -> None:
        if changed:
            self._located.learn(self._losses.learned, changed)
            self._names.learn({scanner: each.loss for scanner, each in self._losses.learned.items()})

    def _ready(self) -> None:
        self.carried = {}
        self.configure(self._settings)
        self.know(self._persons)
        self.place(self._nodes)
        self._learn(tuple(self._losses.learned))


def _carrying(blob: Blob, match: BleMatch | None) -> Blob:
    return blob if blob.identity is match else replace(blob, identity=match)


def _whose(followed: Sequence[FusedTrack]) -> Iterator[tuple[str, str]]:
    """Which fused track each blob is part of."""
    for track in followed:
        for source in track.sources:
            if source.kind is SourceKind.RADIO:
                yield source.id, track.id
