"""What an engine hears with: microphones, in which somebody may say their name, and the sound of cameras that somebody listens to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.capability import Capability
from engine.model.errors import LeftOut
from engine.model.observation import Observation
from engine.model.people.settings import MicrophoneSettings
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import Snapshot
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.cameras.sources import make_sound
from engine.runtime.cameras.watching import Seeing, microphone_hears
from engine.runtime.microphones.listening import Listening
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.shedding import Loss
from engine.runtime.side import Side
from engine.runtime.sight import Sight
from engine.runtime.storage.own_files import check_not_own
from engine.runtime.supervisor import Supervisor
from engine.sources.microphone.protocol import SoundSource

if TYPE_CHECKING:
    from engine.runtime.microphones.speech_side import SpeechSide


class Hearing(Side):
    """Any thread. `with_speech`: names may be learned by ear; without, cameras can still be listened to."""

    def __init__(self, basis: Basis, sight: Sight, audit: NamelessAudit, people: PeopleSide, with_speech: bool) -> None:
        self._basis, self._people = basis, people
        settings, clock = basis.settings, basis.clock
        self._speech = self._make_speech() if with_speech else None
        self.listening = Listening(clock, settings, sight.sound_of, audit)

    @property
    def speech(self) -> "SpeechSide":
        """Raises LeftOut."""
        if self._speech is None:
            raise LeftOut(Capability.SPEECH)
        return self._speech

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        if self._speech is not None:
            self._speech.know(self._people.persons.values())
            supervisor.start("microphones", self._speech.run)

    def on_stop(self) -> None:
        self.listening.stop()

    def on_settings(self, settings: Settings) -> None:
        if self._speech is not None:
            self._speech.configure(settings)
        self.listening.settle(settings)

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if result.people and self._speech is not None:
            self._speech.know(self._people.persons.values())

    def on_models_changed(self) -> None:
        if self._speech is not None:
            self._speech.reload()

    def on_session_ended(self, session_id: str) -> None:
        self.listening.end_session(session_id)

    def show(self, shown: Snapshot) -> Snapshot:
        return shown if self._speech is None else replace(shown, people=self._speech.with_microphones(shown.people))

    def seeing(self, settings: Settings) -> Iterator[Seeing]:
        views = {} if self._speech is None else {view.id: view for view in self._speech.microphones()}
        yield from (microphone_hears(each, views[each.id]) for each in settings.microphones if each.id in views)

    def losses(self) -> Mapping[str, Loss]:
        return {}

    def complaints(self) -> Sequence[str]:
        return ()

    def _make_speech(self) -> "SpeechSide":
        from engine.runtime.microphones.ears import Ears, load_ears
        from engine.runtime.microphones.speech_side import SpeechSide

        basis = self._basis

        def load(names: Collection[str]) -> Ears:
            return load_ears(basis.models, names, basis.data.path / "speech")

        return SpeechSide(basis.settings.now(), load, self._source, basis.mailbox, basis.clock)

    def _source(self, microphone: MicrophoneSettings, camera: CameraSettings | None) -> SoundSource:
        if camera is not None:
            check_not_own(self._basis.own_folders, camera)
        login = None if camera is None else self._basis.logins.get(camera)
        return make_sound(microphone, camera, login, self._basis.clock)
