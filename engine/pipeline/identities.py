"""Who everybody is: what faces, phones, voices and operators say, put together on the floor."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.model.blob import BleMatch, RadioPicture
from engine.model.fused import FusedIdentity, FusedStatus, SourceKind
from engine.model.observation import FacesSeen, LooksSeen, RosterEdited, RosterLoaded, UtteranceHeard
from engine.model.person import PersonsMerged, TrackNamed
from engine.model.settings import Settings
from engine.model.traces import Traces
from engine.model.track import Track
from engine.pipeline.faces import FacesLane
from engine.pipeline.floor import FloorLane, phone_claims
from engine.pipeline.output import StepOutput
from engine.pipeline.roster import RosterBook
from engine.pipeline.voices import VoicesLane


class IdentityLane:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self.roster = RosterBook()
        self.floor = FloorLane()
        self.voices = VoicesLane(self.roster, self.floor)
        self.faces = FacesLane(self.roster, self.voices.newcomer)

    def configure(self, settings: Settings) -> None:
        self.faces.configure(settings)
        self.floor.configure(settings)
        self.voices.configure(settings)

    def loaded(self, loaded: RosterLoaded) -> None:
        self.roster.load(loaded.roster)

    def edited(self, edited: RosterEdited, out: StepOutput) -> None:
        """What is known changes; on the floor it follows at once."""
        self.roster.edit(edited.edit, out)
        match edited.edit:
            case TrackNamed(fused_id, person_id):
                self.floor.set_identity(fused_id, person_id, edited.edited_by, edited.occurred_ns)
            case PersonsMerged(kept_id, gone_id) if gone_id not in self.roster.persons:
                self.floor.rename_person(gone_id, kept_id)
                self.voices.rename_person(gone_id, kept_id)
            case _:
                pass

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Somebody was erased from the roster."""
        self.faces.erase(traces, out)
        self.floor.erase(traces, out)
        self.voices.erase(traces)

    def face(self, seen: FacesSeen, out: StepOutput) -> None:
        self.faces.take(seen, out)
        self.voices.face(seen)

    def heard(self, heard: UtteranceHeard) -> None:
        self.voices.hear(heard.utterance)

    def looks(self, seen: LooksSeen) -> None:
        self.floor.looks(seen)

    def tick(
        self,
        now_ns: int,
        tracks: Mapping[str, Sequence[Track]],
        radio: RadioPicture | None,
        carried: Mapping[str, BleMatch],
        out: StepOutput,
    ) -> Mapping[str, FusedIdentity]:
        """Who each camera track is, by its id, of those that are somebody. `tracks` by camera; `carried` as the phone lane has it."""
        claims = self.faces.tick(now_ns, out)
        names = self.floor.tick(now_ns, tracks, radio, [*claims, *phone_claims(carried, now_ns)], self.roster.persons, out)
        self._note_presence(now_ns, out)
        return names

    def listen(self, now_ns: int, tracks: Mapping[str, Sequence[Track]], names: Mapping[str, FusedIdentity], out: StepOutput) -> None:
        """After `tick`: whose names were heard. They show from the next tick on."""
        self.voices.tick(now_ns, out.fused, tracks, names, out)

    def _note_presence(self, now_ns: int, out: StepOutput) -> None:
        """Who is known on the floor is there, also without a face: their phone says so."""
        for track in out.fused.tracks if out.fused is not None else ():
            if track.identity is not None and track.status is FusedStatus.CONFIRMED:
                cameras = [source for source in track.sources if source.kind is SourceKind.CAMERA]
                camera_id = max(cameras, key=lambda source: source.last_ns).sensor_id if cameras else ""
                self.roster.note_visit(track.identity.person_id, camera_id, now_ns, out)

    def interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Watching broke off: nobody is followed on; who is known stays known."""
        self.faces.interrupt(at_ns, out)
        self.floor.interrupt(at_ns, out)
        self.voices.interrupt()

    def open_event_ids(self) -> frozenset[str]:
        return self.faces.open_event_ids() | self.floor.open_event_ids()

    def state(self) -> dict[str, Any]:
        return {"roster": self.roster.state(), "faces": self.faces.state(), "floor": self.floor.state(), "voices": self.voices.state()}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self.configure(settings)
        self.roster.restore(state["roster"])
        self.faces.restore(state["faces"])
        self.floor.restore(state["floor"])
        self.voices.restore(state["voices"])
