"""What an engine hears with: microphones, in which somebody may say their name, and the sound of cameras that somebody listens to."""

from collections.abc import Collection

from engine.model.people_settings import MicrophoneSettings
from engine.model.settings import CameraSettings, Settings
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.cameras.sources import make_sound
from engine.runtime.microphones.ears import Ears, load_ears
from engine.runtime.microphones.listening import Listening
from engine.runtime.microphones.speech_side import SpeechSide
from engine.runtime.sight import Sight
from engine.runtime.storage.own_files import check_not_own
from engine.sources.microphone.protocol import SoundSource


class Hearing:
    """Any thread."""

    def __init__(self, basis: Basis, sight: Sight, audit: NamelessAudit) -> None:
        self._basis = basis
        settings, post, clock = basis.settings.now, basis.mailbox.post, basis.clock
        self.speech = SpeechSide(settings(), self._load_ears, self._source, post, clock)
        self.listening = Listening(clock, settings, sight.sound_of, audit.keep, audit.note)

    def start(self) -> None:
        self._basis.supervisor.start("microphones", self.speech.run)

    def configure(self, settings: Settings) -> None:
        self.speech.configure(settings)
        self.listening.settle(settings)

    def _load_ears(self, names: Collection[str]) -> Ears:
        return load_ears(self._basis.models, names, self._basis.data.path / "speech")

    def _source(self, microphone: MicrophoneSettings, camera: CameraSettings | None) -> SoundSource:
        if camera is not None:
            check_not_own(self._basis.own_folders, camera)
        login = None if camera is None else self._basis.logins.get(camera)
        return make_sound(microphone, camera, login, self._basis.clock)
