"""The listening side of the engine: microphones at work, and the names that people give for themselves."""

import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import field, replace

from engine.model.errors import InputError, WatchroomError
from engine.model.observation import UtteranceHeard
from engine.model.people.person import Consent, NameSource, Person
from engine.model.people.settings import MicrophoneSettings
from engine.model.people.speech import SoundChunk, Utterance
from engine.model.people.view import MicrophoneView, PeopleView
from engine.model.settings import CameraSettings, Settings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.microphones.ears import Ears
from engine.runtime.microphones.meter import Meter, MeterSink
from engine.runtime.ports import Inbox
from engine.sources.microphone.capture import MicrophoneCapture
from engine.sources.microphone.protocol import SoundSource
from engine.speech.introduction import introduction, reduced
from engine.speech.words import folded
from engine.speech.worker import SpeechWorker

NOT_WANTED = "Listening is off: learning of spoken names or recognition of people is switched off. An administrator can switch them on."


@dataclass(frozen=True, slots=True)
class _Line:
    """A microphone that is listened to. `camera`: whose sound it is. A new value is a new connection."""

    settings: MicrophoneSettings
    camera: CameraSettings | None

    @property
    def connection(self) -> tuple[object, ...]:
        camera = self.camera
        return (self.settings.device, self.settings.camera_id, None if camera is None else (camera.url, camera.transport, camera.enabled))


@dataclass(frozen=True, slots=True)
class _ListeningPlan:
    """What is to be listened to. `refused`: names, folded, that nothing may be made of. `renewed` rises when models may have changed."""

    settings: Settings
    names: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    renewed: int = 0

    def lines(self) -> tuple[_Line, ...]:
        on = self.settings.recognition.biometrics and self.settings.recognition.learn_names
        enabled = [each for each in self.settings.microphones if each.enabled] if on else []
        return tuple(_Line(each, self.settings.camera(each.camera_id) if each.camera_id else None) for each in enabled)

    @property
    def expected_names(self) -> tuple[str, ...]:
        return tuple(sorted({*self.names, *self.settings.recognition.expected_names}))


@dataclass(slots=True)
class _Running:
    """What runs now; changed by the side's own thread only. `names`, `renewed`: what its ears were made for."""

    ears: Ears | None = None
    worker: SpeechWorker | None = None
    names: tuple[str, ...] = ()
    renewed: int = 0
    captures: dict[str, tuple[tuple[object, ...], MicrophoneCapture]] = field(
        default_factory=dict[str, tuple[tuple[object, ...], MicrophoneCapture]]
    )


class SpeechSide:
    """One thread for each microphone, one that understands, and one (`run`) that starts and stops them as the settings say, so that
    nobody waits for a microphone. Sound stays in memory; of what is said, only introductions leave this side, cut down to the name.

    Args:
        load_ears: see `engine.runtime.microphones.ears`; called again after models changed.
        make_source: a source, not yet open, for a microphone; called on its thread.
        inbox: takes what was heard into the engine.
    """

    def __init__(
        self,
        settings: Settings,
        load_ears: Callable[[Collection[str]], Ears],
        make_source: Callable[[MicrophoneSettings, CameraSettings | None], SoundSource],
        inbox: Inbox,
        clock: Clock,
    ) -> None:
        self._load_ears = load_ears
        self._make_source = make_source
        self._inbox = inbox
        self._clock = clock
        self._changed = threading.Condition()
        self._wanted = _ListeningPlan(settings)
        self._settled: _ListeningPlan | None = None
        self._running = _Running()
        self._meters: dict[str, Meter] = {}
        self._trouble = ""

    def configure(self, settings: Settings) -> None:
        """Any thread; returns at once."""
        self._want(lambda now: replace(now, settings=settings))

    def know(self, persons: Iterable[Person]) -> None:
        """Who can say their name; any thread, returns at once."""
        known = [person for person in persons if person.name_source is not NameSource.GENERATED]
        names = {person.name for person in known if person.consent is not Consent.REFUSED and person.archived_ns is None}
        refused = frozenset(folded(person.name) for person in known if person.consent is Consent.REFUSED)
        self._want(lambda now: replace(now, names=tuple(sorted(names)), refused=refused))

    def reload(self) -> None:
        """Models were installed or removed; any thread, returns at once."""
        self._want(lambda now: replace(now, renewed=now.renewed + 1))

    def run(self, stopping: threading.Event) -> None:
        """The side's own thread, until told to stop."""
        try:
            while not stopping.is_set():
                with self._changed:
                    self._changed.wait_for(lambda: self._wanted is not self._settled, timeout=0.5)
                    wanted = self._wanted
                if wanted is not self._settled:
                    self._apply(wanted)
                    self._await_lines(wanted)
        finally:
            self._stop_all()

    def settle(self, timeout_s: float) -> bool:
        """Wait until what is wanted is what runs; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._wanted is self._settled, timeout_s)

    def with_microphones(self, view: PeopleView) -> PeopleView:
        """With what is heard. Any thread."""
        microphones = self.microphones()
        worker, ears = self._running.worker, self._running.ears
        trouble = self._trouble or (worker.figures().fault if worker is not None else "")
        return replace(view, microphones=microphones, speech_trouble=trouble, recogniser=ears.status_note() if ears is not None else "")

    def microphones(self) -> tuple[MicrophoneView, ...]:
        """Any thread."""
        now_ns, meters = self._clock.now_ns(), self._meters
        return tuple(self._view(each, meters, now_ns) for each in self._wanted.settings.microphones)

    def _view(self, microphone: MicrophoneSettings, meters: dict[str, Meter], now_ns: int) -> MicrophoneView:
        if not microphone.enabled:
            return MicrophoneView(microphone.id)
        meter = meters.get(microphone.id)
        return MicrophoneView(microphone.id, trouble=self._trouble) if meter is None else meter.view(microphone.id, now_ns)

    def _want(self, change: Callable[[_ListeningPlan], _ListeningPlan]) -> None:
        with self._changed:
            wanted = change(self._wanted)
            if wanted != self._wanted:
                self._wanted = wanted
                self._changed.notify_all()

    def _await_lines(self, wanted: _ListeningPlan) -> None:
        with self._changed:
            self._settled = wanted
            self._changed.notify_all()

    def _apply(self, wanted: _ListeningPlan) -> None:
        self._hear_with(wanted)
        lines = wanted.lines()
        if not lines and any(each.enabled for each in wanted.settings.microphones):
            self._trouble = NOT_WANTED
        self._listen_to(lines if self._running.worker is not None else ())

    def _hear_with(self, wanted: _ListeningPlan) -> None:
        """Understand with what is installed now; a recogniser that would hear the same goes on."""
        if wanted.lines() and self._hears(wanted):
            return
        running = self._running
        before, running.worker, running.ears = running.worker, None, None
        self._trouble = ""
        if before is not None:
            before.stop()
        if not wanted.lines():
            return
        try:
            ears = self._load_ears(wanted.expected_names)
        except WatchroomError as fault:
            self._trouble = str(fault)
            return
        running.ears, running.names, running.renewed = ears, wanted.expected_names, wanted.renewed
        running.worker = SpeechWorker(ears.segmenter, ears.transcriber, self)
        running.worker.start()

    def _hears(self, wanted: _ListeningPlan) -> bool:
        running = self._running
        if running.ears is None or running.renewed != wanted.renewed:
            return False
        return running.ears.free or running.names == wanted.expected_names

    def _listen_to(self, lines: Collection[_Line]) -> None:
        captures = self._running.captures
        wanted = {line.settings.id: line for line in lines}
        gone = [key for key, (connection, _) in captures.items() if key not in wanted or wanted[key].connection != connection]
        stopped = [captures.pop(key)[1] for key in gone]
        for capture in stopped:
            capture.ask_to_stop()
        for capture in stopped:
            capture.stop()
        kept = {key: meter for key, meter in self._meters.items() if key in captures}
        new = {key: line for key, line in wanted.items() if key not in captures}
        self._meters = kept | {key: Meter() for key in new}
        for key, line in new.items():
            capture = MicrophoneCapture(key, lambda line=line: self._source(line), MeterSink(self._feed, self._meters[key], self._clock))
            captures[key] = (line.connection, capture)
            capture.start()

    def _source(self, line: _Line) -> SoundSource:
        if line.settings.camera_id and line.camera is None:
            raise InputError("", "The camera whose sound this was is gone. Choose another, or remove the microphone.")
        if line.camera is not None and not line.camera.enabled:
            raise InputError("", f"{line.camera.name} is paused, and its sound with it.")
        return self._make_source(line.settings, line.camera)

    def _feed(self, chunk: SoundChunk) -> bool:
        """A microphone's thread. False: nobody takes it."""
        worker = self._running.worker
        return worker is not None and worker.feed(chunk)

    def on_speech(self, microphone_id: str) -> None:
        meter = self._meters.get(microphone_id)
        if meter is not None:
            meter.heard += 1

    def on_utterance(self, heard: Utterance) -> None:
        """The worker's thread. What is no introduction is forgotten here; of one that is, only the name goes on."""
        found = introduction(heard.text, self._wanted.expected_names)
        if found is None or folded(found.name) in self._wanted.refused:
            return
        meter = self._meters.get(heard.microphone_id)
        if meter is not None:
            meter.name, meter.name_ns = found.name, heard.ended_ns
        self._inbox.post(UtteranceHeard(heard.ended_ns, replace(heard, text=reduced(found), certain=heard.certain and found.certain)))

    def _stop_all(self) -> None:
        self._listen_to(())
        worker, self._running.worker, self._running.ears = self._running.worker, None, None
        self._settled = None
        if worker is not None:
            worker.stop()
