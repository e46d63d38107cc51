"""The whole engine with microphones: a name said beside a camera, and what happens to video when sound is missing."""

import sys
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Detections
from engine.model.event import EventKind
from engine.model.health import CameraState
from engine.model.observation import DetectionsMade, UtteranceHeard
from engine.model.people.settings import MicrophoneSettings, PeopleSettings
from engine.model.people.view import MicrophoneView
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SystemClock
from engine.recording.journal import Journal
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.microphones.ears import Ears
from engine.speech.segments import Segmenter
from engine.vision.models import ModelStore
from tests.engine.speech.sounds import LoudIsVoice, Told
from tests.fakes.rtp_sound import Sound
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until

ON = PeopleSettings(biometrics=True, purpose="Knowing who works here")
DOOR = MicrophoneSettings("door-sound", "Door", camera_id="door", enabled=True)
BURST = np.concatenate([np.full(8000, 15_000), np.zeros(8000)]).astype(np.int16)  # a second of loudness, a second of quiet
SECRET = "the safe is open"


class HeardEars(Ears):
    def segmenter(self) -> Segmenter:
        return Segmenter(LoudIsVoice())


class Site:
    def __init__(self, engine: Engine, server: RtspServer) -> None:
        self.engine = engine
        self.server = server

    def listen(self, *microphones: MicrophoneSettings) -> None:
        def on(now: Settings) -> Settings:
            return replace(now, recognition=ON, microphones=microphones)

        self.engine.update_settings(on, "test")

    def microphone(self) -> MicrophoneView:
        return self.engine.snapshot(with_users=False).people.microphones[0]

    def wait_pictures(self, more: int = 15) -> None:
        """The camera is live and goes on being so."""

        def pictures() -> int:
            view = self.engine.snapshot(with_users=False).camera("door")
            assert view is not None and view.health.state in (CameraState.LIVE, CameraState.CONNECTING)
            return view.health.pictures

        target = pictures() + more
        until(lambda: pictures() >= target, "the camera shows more pictures")

    def somebody_stands_there(self) -> None:
        now_ns = self.engine.clock.now_ns()
        found = Detections.people(np.array([[20, 10, 50, 60]], np.float32), [0.9])
        self.engine.mailbox.post(DetectionsMade("door", now_ns, 0, 128, 64, found, "test"))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    def ears(models: ModelStore, names: Collection[str], folder: Path) -> Ears:
        return HeardEars(Path(), Told([SECRET, f"{SECRET}. My name is Sarah", *[None] * 100]), "Hears what it is told.", free=True)

    monkeypatch.setattr("engine.runtime.microphones.ears.load_ears", ears)
    film = write_clip(tmp_path / "door.mp4", Clip(width=128, height=64, frames=25))
    with RtspServer({"door": film}, sounds={"door": Sound.encoded(BURST, 8000)}) as server, running(tmp_path / "site", server) as engine:
        yield Site(engine, server)


@contextmanager
def running(folder: Path, server: RtspServer) -> Iterator[Engine]:
    data = DataFolder(folder)
    camera = CameraSettings("door", "Door", server.url("door"))
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"), CommandLineSettings((camera,)))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def test_who_says_a_name_beside_a_camera_is_called_so_and_nothing_else_said_is_kept(site: Site, tmp_path: Path) -> None:
    site.listen(DOOR)

    def named() -> bool:
        site.somebody_stands_there()
        return any(person.name == "Sarah" for person in site.engine.snapshot(with_users=False).people.persons)

    until(named, "Sarah is known")
    events = lambda: site.engine.snapshot(with_users=False).events  # noqa: E731
    until(lambda: any(event.kind is EventKind.NAMED for event in events()), "it is an event")
    (event,) = [event for event in events() if event.kind is EventKind.NAMED]
    assert (event.camera_id, event.person, event.reason) == ("door", "Sarah", "Said their name: Sarah.")
    assert site.microphone().heard >= 2
    assert site.microphone().name in ("Sarah", "")
    site.engine.stop()
    kept = [path for path in (tmp_path / "site").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert kept == []
    with closing(Journal(tmp_path / "site" / "journal")) as journal:
        journalled = [each.observation for each in journal.read()]
    said = [each.utterance.text for each in journalled if isinstance(each, UtteranceHeard)]
    assert said == ["My name is Sarah."]
    assert not [path for path in (tmp_path / "site").rglob("*") if path.suffix in (".wav", ".pcm", ".raw")]


def test_video_goes_on_while_the_sound_of_its_camera_is_away_and_comes_back(site: Site) -> None:
    site.listen(DOOR)
    until(lambda: site.microphone().level_db is not None, "sound comes")
    site.server.faults.mute = True
    until(lambda: bool(site.microphone().trouble), "the loss is told")
    assert "127.0.0.1" in site.microphone().trouble
    site.wait_pictures()
    site.server.faults.mute = False
    until(lambda: site.microphone().level_db is not None, "sound comes again")
    assert site.microphone().trouble == ""
    site.listen()
    site.wait_pictures()


def test_without_a_sound_system_the_reason_is_told_and_video_goes_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    site.listen(MicrophoneSettings("desk", "Desk", enabled=True))
    until(lambda: bool(site.microphone().trouble), "the reason is told")
    assert "PortAudio" in site.microphone().trouble
    assert site.microphone().level_db is None
    site.wait_pictures()
