"""Microphones at work: what is started and stopped, what is shown of it, and what leaves this side."""

import queue
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.model.observation import Observation, UtteranceHeard
from engine.model.people.person import Consent, NameSource, Person
from engine.model.people.settings import MicrophoneSettings, PeopleSettings
from engine.model.people.speech import SoundChunk
from engine.model.people.view import MicrophoneView, PeopleView
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, SystemClock
from engine.runtime.microphones.ears import FREE, WHISPER, Ears, load_ears
from engine.runtime.microphones.meter import level_db
from engine.runtime.microphones.speech_side import NOT_WANTED, SpeechSide
from engine.speech.segments import Segmenter
from engine.vision.models import ModelStore
from tests.engine.speech.sounds import LoudIsVoice, Told
from tests.fakes.observations import camera
from tests.fakes.ports import InboxOf
from tests.fakes.waiting import until

DESK = MicrophoneSettings("desk", "Desk", enabled=True)
DOOR = MicrophoneSettings("door-sound", "Door", camera_id="door", enabled=True)
ON = PeopleSettings(biometrics=True, purpose="Knowing who works here")
ANNA = Person("pe-anna", "Anna")
RATE = 16_000
LOUD, QUIET = np.full(RATE // 2, 0.5, np.float32), np.zeros(RATE, np.float32)


def wait(holds: Callable[[], object]) -> None:
    until(lambda: bool(holds()), "what was heard shows")


class Line:
    """A source that says what it is given; a fault among it is raised. Nothing more means waiting."""

    def __init__(self, microphone_id: str) -> None:
        self.microphone_id = microphone_id
        self.given: queue.Queue[np.ndarray | Exception | None] = queue.Queue()
        self.closed = threading.Event()
        self.at_ns = SystemClock().now_ns()

    def open(self) -> None:
        pass

    def read(self) -> SoundChunk | None:
        samples = self.given.get()
        if samples is None:
            raise EnvironmentFault("interrupted", "Listening was stopped.")
        if isinstance(samples, Exception):
            raise samples
        started_ns, self.at_ns = self.at_ns, self.at_ns + len(samples) * SECOND // RATE
        return SoundChunk(self.microphone_id, started_ns, RATE, samples)

    def interrupt(self) -> None:
        self.given.put(None)

    def close(self) -> None:
        self.closed.set()


class HeardEars(Ears):
    def segmenter(self) -> Segmenter:
        return Segmenter(LoudIsVoice())


class Site:
    """A `SpeechSide` whose microphones are `Line`s and whose recogniser says `answers`."""

    def __init__(self, settings: Settings, answers: Collection[str | None] = ()) -> None:
        self.lines: dict[str, list[Line]] = {}
        self.made_for: list[tuple[str, ...]] = []
        self.posted: list[Observation] = []
        self.answers = list(answers)
        self.fault: EnvironmentFault | None = None
        self.free = True
        self.side = SpeechSide(settings, self._ears, self._source, InboxOf(self.posted.append), SystemClock())

    def _ears(self, names: Collection[str]) -> Ears:
        self.made_for.append(tuple(names))
        if self.fault is not None:
            raise self.fault
        return HeardEars(Path(), Told(self.answers), "Hears what it is told.", self.free)

    def _source(self, microphone: MicrophoneSettings, of: CameraSettings | None) -> Line:
        line = Line(microphone.id)
        self.lines.setdefault(microphone.id, []).append(line)
        return line

    @contextmanager
    def running(self) -> Iterator["Site"]:
        stopping = threading.Event()
        thread = threading.Thread(target=self.side.run, args=(stopping,))
        thread.start()
        try:
            assert self.side.settle(5)
            yield self
        finally:
            stopping.set()
            thread.join(60)
        assert not thread.is_alive()
        assert not [other for other in threading.enumerate() if other.name.startswith(("microphone-", "speech"))]

    def wants(self, settings: Settings) -> None:
        self.side.configure(settings)
        assert self.side.settle(5)

    def line(self, microphone_id: str = "desk") -> Line:
        wait(lambda: self.lines.get(microphone_id))
        return self.lines[microphone_id][-1]

    def hears(self, *sounds: np.ndarray | Exception, microphone_id: str = "desk") -> None:
        for sound in sounds:
            self.line(microphone_id).given.put(sound)

    def view(self) -> PeopleView:
        return self.side.with_microphones(PeopleView())

    def microphone(self, index: int = 0) -> MicrophoneView:
        return self.view().microphones[index]


def site(*microphones: MicrophoneSettings, recognition: PeopleSettings = ON, **more) -> Settings:
    return Settings(cameras=(camera("door"),), microphones=microphones, recognition=recognition, **more)


def test_an_introduction_goes_on_cut_down_to_the_name_and_the_rest_is_forgotten() -> None:
    said = ["the money is in the safe", "Hello, the code is 4711. My name is Sarah Meyer", None]
    with Site(site(DESK), said).running() as here:
        here.hears(*[LOUD, QUIET] * 3)
        wait(lambda: here.microphone().heard == 3 and here.posted)
        (heard,) = here.posted
        assert isinstance(heard, UtteranceHeard)
        assert heard.utterance.text == "My name is Sarah Meyer."
        assert (heard.utterance.microphone_id, heard.utterance.transcriber) == ("desk", "told")
        assert 0 < heard.utterance.ended_ns - heard.utterance.started_ns < SECOND
        assert (here.microphone().name, here.microphone().name_ns) == ("Sarah Meyer", heard.occurred_ns)


@pytest.mark.parametrize(
    ("microphone", "recognition", "trouble"),
    [(replace(DESK, enabled=False), ON, ""), (DESK, PeopleSettings(), NOT_WANTED), (DESK, replace(ON, learn_names=False), NOT_WANTED)],
)
def test_no_microphone_is_opened_unless_it_is_on_and_names_are_wanted(microphone, recognition, trouble: str) -> None:
    with Site(site(microphone, recognition=recognition)).running() as here:
        assert (here.lines, here.made_for) == ({}, [])
        assert (here.view().speech_trouble, here.microphone().trouble, here.microphone().level_db) == (trouble, trouble, None)


def test_what_is_missing_is_said_and_no_microphone_is_opened() -> None:
    here = Site(site(DESK))
    here.fault = EnvironmentFault("model_missing", "The model is missing. Install it.")
    with here.running():
        assert (here.view().speech_trouble, here.microphone().trouble) == ("The model is missing. Install it.",) * 2
        assert here.lines == {}
        here.fault = None
        here.side.reload()
        assert here.side.settle(5)
        assert here.line() is not None
        assert (here.view().speech_trouble, here.view().recogniser) == ("", "Hears what it is told.")


def test_the_level_shows_while_sound_comes_and_the_reason_when_it_stops() -> None:
    with Site(site(DESK)).running() as here:
        assert here.microphone().level_db is None
        here.hears(np.full(1600, 0.1, np.float32))
        wait(lambda: here.microphone().level_db is not None)
        assert here.microphone().level_db == pytest.approx(-20, abs=0.1)
        before_ns = SystemClock().now_ns()
        here.hears(EnvironmentFault("stalled", "The microphone gave no sound for 2 s."))
        wait(lambda: here.microphone().trouble)
        silent = here.microphone()
        assert replace(silent, trouble_ns=None) == MicrophoneView("desk", "The microphone gave no sound for 2 s.")
        assert silent.trouble_ns is not None and before_ns <= silent.trouble_ns <= SystemClock().now_ns()
        wait(lambda: len(here.lines["desk"]) == 2)  # it is opened again by itself
        here.hears(np.full(1600, 0.1, np.float32))
        wait(lambda: here.microphone().level_db is not None)
        assert (here.microphone().trouble, here.microphone().trouble_ns) == ("", None)


def test_settings_start_and_stop_microphones_and_leave_others_alone() -> None:
    with Site(site(DESK)).running() as here:
        desk = here.line()
        here.wants(site(DESK, DOOR))
        door = here.line("door-sound")
        here.wants(site(replace(DESK, name="Reception", position=(1.0, 1.0, 1.0)), DOOR))
        assert not desk.closed.is_set()
        here.wants(site(replace(DESK, device="USB mic, ALSA"), DOOR))
        assert desk.closed.is_set()
        assert not door.closed.is_set()
        wait(lambda: len(here.lines["desk"]) == 2)
        here.wants(site())
        assert door.closed.is_set()
        assert here.view().microphones == ()


@pytest.mark.parametrize(
    ("cameras", "reason"), [((), "is gone"), ((camera("door", enabled=False),), "Door is paused, and its sound with it.")]
)
def test_a_camera_that_is_gone_or_paused_has_no_sound(cameras, reason: str) -> None:
    with Site(replace(site(DOOR), cameras=cameras)).running() as here:
        wait(lambda: here.microphone().trouble)
        assert reason in here.microphone().trouble
        assert here.lines == {}


def test_names_make_a_new_recogniser_only_where_it_needs_them() -> None:
    here = Site(site(DESK, recognition=replace(ON, expected_names=("Zoe",))))
    here.free = False
    with here.running():
        here.side.know(
            [ANNA, Person("pe-1", "Person_1", name_source=NameSource.GENERATED), replace(ANNA, id="x", name="Old", archived_ns=1)]
        )
        assert here.side.settle(5)
        assert here.made_for == [("Zoe",), ("Anna", "Zoe")]
        assert len(here.lines["desk"]) == 1
        here.side.know([replace(ANNA, visits=5)])
        assert here.side.settle(5)
        assert len(here.made_for) == 2
    other = Site(site(DESK))
    with other.running():
        other.side.know([ANNA])
        assert other.side.settle(5)
        assert len(other.made_for) == 1


def test_nothing_is_made_of_the_name_of_somebody_who_refuses() -> None:
    with Site(site(DESK), ["I'm Anna", "I'm Bob"]).running() as here:
        here.side.know([replace(ANNA, consent=Consent.REFUSED)])
        assert here.side.settle(5)
        here.hears(LOUD, QUIET, LOUD, QUIET)
        wait(lambda: here.posted)
        assert [each.utterance.text for each in here.posted if isinstance(each, UtteranceHeard)] == ["My name is Bob."]


def test_a_recogniser_that_fails_is_told_and_the_microphone_goes_on() -> None:
    here = Site(site(DESK))
    here.answers = [EnvironmentFault("model_damaged", "The speech model cannot be used. Install it again.")]  # type: ignore[list-item]
    with here.running():
        here.hears(LOUD, QUIET)
        wait(lambda: here.view().speech_trouble)
        assert here.view().speech_trouble == "The speech model cannot be used. Install it again."
        assert here.microphone().trouble == ""


# What it is understood with


def test_without_the_voice_model_the_way_to_install_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="watchroom models install silero-vad"):
        load_ears(ModelStore(tmp_path / "models"), ["Anna"], tmp_path / "speech")


def test_the_built_in_recogniser_says_whom_it_can_hear(tmp_path: Path, shared: Path) -> None:
    models = ModelStore(tmp_path / "models")
    models.install(("silero-vad",), shared / "data/models")
    ears = load_ears(models, ["Anna", "Наташа", "Bob", "Carl", "Dora"], tmp_path / "speech")
    assert "Anna, Bob, Carl, Dora and 1 more" in ears.status_note()
    assert ears.segmenter() is not None
    ears.transcriber.load_models()
    assert ears.status_note().endswith("It cannot hear Наташа.")
    with pytest.raises(EnvironmentFault, match="no name to listen for"):
        load_ears(models, (), tmp_path / "speech")


def test_whisper_is_taken_once_the_package_and_all_its_files_are_there(tmp_path: Path, shared: Path, monkeypatch) -> None:
    models = ModelStore(tmp_path / "models")
    models.install(("silero-vad",), shared / "data/models")
    monkeypatch.setattr("engine.runtime.microphones.ears.find_spec", lambda name: object())
    assert load_ears(models, ["Anna"], tmp_path / "speech").free is False
    weights = tmp_path / "weights"
    weights.write_bytes(b"weights")
    monkeypatch.setattr(ModelStore, "installed", lambda self, model_id: weights)
    monkeypatch.setattr(ModelStore, "path", lambda self, model_id: weights)
    ears = load_ears(models, (), tmp_path / "speech")
    assert (ears.free, ears.note, ears.transcriber.name) == (True, FREE, "faster-whisper")
    assert {path.name for path in (tmp_path / "speech").iterdir()} == set(WHISPER)


def test_levels_are_those_of_full_scale() -> None:
    assert level_db(np.full(100, 32767, np.int16)) == pytest.approx(0, abs=0.01)
    assert level_db(np.full((100, 2), 0.1, np.float32)) == pytest.approx(-20, abs=0.01)
    assert level_db(np.zeros(100, np.int16)) == level_db(np.zeros(0, np.float32)) == -90
