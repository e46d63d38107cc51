"""A pack holds what was recorded in its window, and says what it could not take."""

import csv
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from engine.model.cameras.segment import ListSegments
from engine.model.history.evidence import HiddenRegion, Pack, Redaction
from engine.model.time import SECOND
from engine.recording.footage.playback import ClipReader
from engine.runtime.evidence.making import make_pack
from engine.runtime.evidence.verify import verify_pack
from tests.engine.runtime.evidence.conftest import CAMERA, INES, EvidenceSite
from tests.fakes.video import picture_number


@pytest.fixture(scope="module")
def made(site: EvidenceSite) -> tuple[Pack, Path]:
    return site.make(site.request(zipped=False), "plain")


def document(path: Path, name: str) -> list[dict[str, object]]:
    return json.loads((path / "record" / f"{name}.json").read_text("utf-8"))


def test_it_holds_the_record_of_the_window(site: EvidenceSite, made: tuple[Pack, Path]) -> None:
    pack, path = made
    assert pack.missing == ()
    decisions = document(path, "decisions")
    assert decisions
    assert all(site.since_ns <= int(str(each["decided_ns"])) < site.until_ns for each in decisions)
    events = document(path, "events")
    assert any(each["camera_id"] == CAMERA for each in events)
    assert all(each["ended_ns"] is None or int(str(each["ended_ns"])) >= site.since_ns for each in events)


def test_video_is_cut_to_the_window_at_a_keyframe(site: EvidenceSite, made: tuple[Pack, Path]) -> None:
    total_ns = 0
    for video in (made[1] / "video" / CAMERA).iterdir():
        with ClipReader(video) as reader:
            numbers = [picture_number(picture.bgr().mean(axis=2)) for picture in reader.pictures()]
            assert all(after == (before + 1) % 100 for before, after in pairwise(numbers))
            assert numbers[0] % 25 == 0
            total_ns += reader.duration_ns
    window_ns = site.until_ns - site.since_ns
    assert window_ns - SECOND // 10 <= total_ns <= window_ns + 2 * SECOND


def test_the_report_tells_of_it(made: tuple[Pack, Path]) -> None:
    report = (made[1] / "report.pdf").read_bytes()
    assert report.startswith(b"%PDF-") and b"%%EOF" in report[-20:]
    assert b"/Subtype /Image" in report  # a still is in it


def test_radio_can_be_read_by_any_program(made: tuple[Pack, Path]) -> None:
    lines = (made[1] / "raw" / "csi.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("time,receiver,transmitter,rssi_dbm")
    assert len(lines) > 100
    assert len(lines[1].split(",")[-1]) == 4 * int(lines[1].split(",")[-2])  # two bytes each, as hex


def test_what_looked_at_the_pictures_and_what_ran_it_is_told(made: tuple[Pack, Path]) -> None:
    rows = list(csv.DictReader((made[1] / "raw" / "detectors.csv").read_text("utf-8").splitlines()))
    assert rows and {row["camera"] for row in rows} == {CAMERA} and all(row["detector"] and row["provider"] for row in rows)
    assert all(int(row["pictures"]) > 0 and row["first"] <= row["last"] for row in rows)


def test_a_zip_holds_the_same_files(site: EvidenceSite, made: tuple[Pack, Path]) -> None:
    _, path = site.make(site.request(), "zipped")
    names = {file.relative_to(made[1]).as_posix() for file in made[1].rglob("*") if file.is_file()}
    with zipfile.ZipFile(path) as archive:
        assert {name for name in archive.namelist()} == names
    assert not list(path.parent.glob("*.part"))


def test_hidden_parts_are_hidden_in_videos_and_stills(site: EvidenceSite) -> None:
    region = HiddenRegion(CAMERA, ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0)))
    pack, path = site.make(site.request(zipped=False, hidden=(region,)), "hidden")
    assert not (path / "raw").exists()
    assert any("cannot be run again" in sentence for sentence in pack.missing)
    videos = list((path / "video").rglob("*.mp4"))
    assert videos and all(video.stem.endswith("-hidden") for video in videos)
    _, plain = site.make(site.request(zipped=False, raw=False), "not-hidden")
    assert sharpness(path, right=True) < 0.5 * sharpness(plain, right=True)
    assert sharpness(path, right=False) > 0.5 * sharpness(plain, right=False)


def test_faces_are_hidden_where_that_is_asked_for(site: EvidenceSite) -> None:
    _, plain = site.make(site.request(zipped=False, raw=False), "shown")
    _, path = site.make(site.request(zipped=False, redaction=Redaction.FACES), "faces")
    assert sharpness(path, right=True) > 0.5 * sharpness(plain, right=True)
    assert sharpness(path, right=False) < 0.5 * sharpness(plain, right=False)


def sharpness(path: Path, right: bool) -> float:
    """How much neighbouring pixels of one half of a picture differ."""
    video = min((path / "video" / CAMERA).iterdir())
    with ClipReader(video) as reader:
        picture = next(reader.pictures()).bgr().astype(float)
    middle = picture.shape[1] // 2
    half = picture[:, middle:] if right else picture[:, :middle]
    return float(abs(half[:, 1:] - half[:, :-1]).mean())


def test_what_is_damaged_is_told_and_the_rest_goes_in(site: EvidenceSite) -> None:
    segments = site.store.answer(ListSegments(site.since_ns, site.until_ns))
    assert len(segments) > 1
    file = site.data.path / segments[0].file
    whole = file.read_bytes()
    file.write_bytes(b"nothing")
    try:
        pack, path = site.make(site.request(zipped=False, raw=False), "damaged")
    finally:
        file.write_bytes(whole)
    assert [sentence for sentence in pack.missing if "could not go in" in sentence]
    assert len(list((path / "video" / CAMERA).iterdir())) == len(segments) - 1
    assert verify_pack(path).good


def test_a_cancelled_pack_leaves_nothing(site: EvidenceSite) -> None:
    class Stop(Exception):
        pass

    def at(share: float, what: str) -> None:
        if share > 0.6:
            raise Stop

    target = site.data.path / "packs" / "cancelled"
    with pytest.raises(Stop):
        make_pack(site.sources, site.request(), "pack-c", INES, site.until_ns, target, at)
    assert not list(target.parent.glob("cancelled*"))
