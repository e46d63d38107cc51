"""What this machine itself finds in photos, videos and sounds, with its models installed."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.incidents.atlas.fault import OFF, AtlasFault
from engine.model.errors import InputError
from engine.model.incidents.atlas_call import MediaAnalysis
from engine.model.settings import Settings
from engine.runtime.incidents.media_looks import SeenHere, analyse
from engine.vision.models import ModelStore
from tests.fakes.media import jpeg


class _NoAtlas:
    def analyse(self, kind: str, data: bytes) -> MediaAnalysis:
        raise AtlasFault(OFF, "Atlas is switched off.")


@dataclass
class _Machine:
    """What is looked with."""

    models: ModelStore
    settings: Settings = field(default_factory=Settings)
    atlas: _NoAtlas = field(default_factory=_NoAtlas)


@pytest.fixture(scope="module")
def machine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> _Machine:
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.install(source=shared / "data" / "models")
    return _Machine(store)


def looked(machine: _Machine, kind: str, data: bytes) -> SeenHere:
    found = analyse(machine, kind, data)  # type: ignore[arg-type]
    assert isinstance(found, SeenHere) and found.degraded_reason.startswith("Atlas is switched off.")
    return found


def street(shared: Path) -> "cv2.VideoCapture":
    return cv2.VideoCapture(str(shared / "data" / "video" / "vtest_480x360.avi"))


def test_people_in_a_photo(machine: _Machine, shared: Path) -> None:
    there, picture = street(shared).read()
    assert there
    found = looked(machine, "photo", cv2.imencode(".png", picture)[1].tobytes())
    assert dict(found.found)["person"] > 0.5 and dict(found.most_at_once)["person"] >= 3
    assert "does not tell what it means" in found.degraded_reason


def test_nobody_in_a_photo(machine: _Machine) -> None:
    assert looked(machine, "photo", jpeg(np.full((200, 300, 4), 120, np.uint8))).found == ()


def test_people_in_a_video(machine: _Machine, shared: Path) -> None:
    data = (shared / "data" / "video" / "vtest_480x360.avi").read_bytes()
    found = looked(machine, "video", data)
    assert found.looked_at == 10 and dict(found.found)["person"] > 0.5


def test_speech_and_silence(machine: _Machine, shared: Path) -> None:
    said = looked(machine, "audio", next((shared / "data" / "speech" / "deepspeech").rglob("*.wav")).read_bytes())
    assert said.speech_share is not None and said.speech_share > 0.3 and dict(said.found)["speech"] > 0.5
    assert said.loudest_dbfs is not None and -60 < said.loudest_dbfs < 0


def test_a_video_that_ends_in_the_middle_is_seen_as_far_as_it_goes(machine: _Machine, shared: Path) -> None:
    data = (shared / "data" / "video" / "vtest_480x360.avi").read_bytes()
    assert 1 <= looked(machine, "video", data[: len(data) // 20]).looked_at <= 10


def test_a_picture_that_claims_to_be_enormous(machine: _Machine) -> None:
    head = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0" + bytes(50)
    with pytest.raises(InputError, match="60000"):
        looked(machine, "photo", head)


def test_a_playlist_is_no_video(machine: _Machine, tmp_path: Path) -> None:
    """Nothing in an upload leads to another file, whatever its first bytes say."""
    with pytest.raises(InputError):
        looked(machine, "video", b"\0\0\0\x18ftypisom" + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
