"""Who everybody is: what faces, phones, voices and operators say, put together on the floor."""

from collections.abc import Callable, Mapping, Set
from typing import Any, Protocol

from engine.model.observation import FacesSeen, FrameSeen, LooksSeen, Observation, RosterEdited, RosterLoaded, UtteranceHeard
from engine.model.people.person import PersonErased, PersonsMerged, TrackKnownElsewhere, TrackNamed
from engine.model.people.traces import Traces
from engine.model.radio.blob import BleMatch
from engine.model.radio.fused import FusedIdentity, FusedStatus, SourceKind
from engine.model.settings import Settings
from engine.pipeline.identities.faces import FacesLane
from engine.pipeline.identities.floor import FloorLane, phone_claims
from engine.pipeline.identities.hearing import NO_VOICES, Voices
from engine.pipeline.identities.roster import RosterBook, generated_name
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput


class FollowsIdentities(Protocol):
    """A lane that names its own people by what this one says."""

    def set_identities(self, now_ns: int, names: Mapping[str, FusedIdentity], person_ids: Set[str], out: StepOutput) -> None:
        """Who each camera track is, by its id, of those that are somebody. person_ids: of all on file. `out`: has the floor's picture."""
        ...


class PhoneCarriers(Protocol):
    @property
    def carried(self) -> Mapping[str, BleMatch]:
        """Whose phone goes with which fused track or blob, by its id, as of the last tick."""
        ...


class NoPhones:
    """Of a site without radio."""

    carried: Mapping[str, BleMatch] = {}


class IdentityLane(Lane):
    """`phones` and `followers` are set once, by whoever wires the lanes, before the first step.

    Args:
        make_voices: of a site that hears; None: nobody's name is learned by ear.
    """

    name = "identities"
    subjects = (FrameSeen, FacesSeen, LooksSeen, UtteranceHeard, RosterLoaded, RosterEdited)

    def __init__(self, make_voices: Callable[[RosterBook, FloorLane], Voices] | None = None) -> None:
        self.roster = RosterBook()
        self.floor = FloorLane()
        self.voices = NO_VOICES if make_voices is None else make_voices(self.roster, self.floor)
        self.faces = FacesLane(self.roster, self.voices.newcomer)
        self.phones: PhoneCarriers = NoPhones()
        self.followers: tuple[FollowsIdentities, ...] = ()

    def take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case FrameSeen():
                self.floor.sized(seen.camera_id, (seen.width, seen.height))
            case FacesSeen():
                self.faces.take(seen, out)
                self.voices.face(seen)
            case LooksSeen():
                self.floor.looks(seen)
            case UtteranceHeard():
                self.voices.hear(seen.utterance)
            case RosterLoaded():
                self.roster.load(seen.roster)
            case RosterEdited():
                self._edit(seen, out)
            case _:
                pass

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        self.faces.configure(settings)
        self.floor.configure(settings)
        self.voices.configure(settings)

    def _edit(self, edited: RosterEdited, out: StepOutput) -> None:
        """What is known changes; on the floor it follows at once."""
        before = self.roster.persons.get(getattr(edited.edit, "person_id", ""))
        self.roster.edit(edited.edit, out)
        match edited.edit:
            case TrackNamed(fused_id, person_id):
                self.floor.set_identity(fused_id, person_id, edited.edited_by, edited.occurred_ns)
            case TrackKnownElsewhere():
                self.faces.tell_elsewhere(edited.edit, edited.occurred_ns, out)
            case PersonsMerged(kept_id, gone_id) if gone_id not in self.roster.persons:
                self.floor.rename_person(gone_id, kept_id)
                self.voices.rename_person(gone_id, kept_id)
            case PersonErased(pseudonym=pseudonym) if before is not None and before.id not in self.roster.persons:
                out.erased = Traces(before.id, (before.name, generated_name(before.id)), pseudonym)
            case _:
                pass

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Somebody was erased from the roster."""
        self.faces.erase(traces, out)
        self.floor.erase(traces, out)
        self.voices.erase(traces, out)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        tracks, claims = {camera_id: view.people for camera_id, view in out.views.items()}, self.faces.tick(now_ns, out)
        claims = [*claims, *phone_claims(self.phones.carried, now_ns)]
        names = self.floor.tick(now_ns, tracks, out.radio, claims, self.roster.persons, out)
        self._note_presence(now_ns, out)
        out.names = tuple(names.items())
        for lane in self.followers:
            lane.set_identities(now_ns, names, self.roster.persons.keys(), out)

    def _note_presence(self, now_ns: int, out: StepOutput) -> None:
        """Who is known on the floor is there, also without a face: their phone says so."""
        for track in out.fused.tracks if out.fused is not None else ():
            if track.identity is not None and track.status is FusedStatus.CONFIRMED:
                cameras = [source for source in track.sources if source.kind is SourceKind.CAMERA]
                camera_id = max(cameras, key=lambda source: source.last_ns).sensor_id if cameras else ""
                self.roster.note_visit(track.identity.person_id, camera_id, now_ns, out)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """Nobody is followed on; who is known stays known."""
        self.faces.interrupt(at_ns, out)
        self.floor.interrupt(at_ns, out)
        self.voices.interrupt(at_ns, out)

    def open_event_ids(self) -> frozenset[str]:
        return self.faces.open_event_ids() | self.floor.open_event_ids() | self.voices.open_event_ids()

    def state(self) -> Mapping[str, Any]:
        return {"roster": self.roster.state(), "faces": self.faces.state(), "floor": self.floor.state(), "voices": self.voices.state()}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self.configure(settings, 0, StepOutput(0, 0))
        self.roster.restore(state["roster"])
        self.faces.restore(state["faces"])
        self.floor.restore(state["floor"])
        if state.get("voices"):  # not where it was a site without microphones until now
            self.voices.restore(state["voices"])


class VoiceLane(Lane):
    """After the identities: whose names were heard. They show from the next tick on. What it knows is kept with the identities."""

    name = "voices"

    def __init__(self, voices: Voices) -> None:
        self._voices = voices

    def tick(self, now_ns: int, out: StepOutput) -> None:
        tracks = {camera_id: view.people for camera_id, view in out.views.items()}
        self._voices.tick(now_ns, out.fused, tracks, dict(out.names), out)
