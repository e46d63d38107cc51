"""`python -m benchmarks falls`: its counting on made-up events, its reading of labels, and one recorded fall."""

from pathlib import Path

import pytest

from benchmarks.gestures import falls
from benchmarks.gestures.fall_clips import Footage, clips
from benchmarks.gestures.falls import Told, Way
from console.skipped import Skipped
from engine.model.cameras.detection import Detections
from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.settings import DetectionSettings
from engine.vision.detector import load_detector
from engine.vision.models import ModelStore

POSTURES = (-1,) * 60 + (0,) * 30 + (1,) * 30  # at 30 pictures a second: falls at 2 s, lies at 3 s


def clip() -> Footage:
    return Footage("clip", Path("clip-cam0.mp4"), True, 30.0, (Detections.empty(),) * len(POSTURES), POSTURES)


def told(*times_s: float) -> Told:
    def event(number: int) -> Event:
        return Event(f"ev-{number}", EventKind.FALL, "video", "tk", Severity.HIGH, 0, None, 0, 1.0, "de")

    return Told({f"ev-{number}": (at_s, event(number)) for number, at_s in enumerate(times_s)})


def figures(*times_s: float) -> dict[str, float]:
    return falls._way_case(Way("way"), [clip()], [told(*times_s)])["metrics"]


def test_a_delay_counts_from_the_first_picture_of_lying() -> None:
    assert figures(5.2)["delay_worst_s"] == 2.2 and figures(5.2)["found"] == 1 and figures(5.2)["false_alarms_per_min"] == 0
    assert figures(2.5)["delay_worst_s"] == -0.5


def test_what_is_told_before_anybody_falls_is_false_and_finds_nothing() -> None:
    early = figures(1.0)
    assert early["found"] == 0 and early["delay_worst_s"] is None and early["false_alarms_per_min"] == 30.0


def test_a_second_event_of_one_fall_is_false() -> None:
    assert figures(5.0, 6.0)["false_alarms_per_min"] == 30.0 and figures(5.0, 6.0)["found"] == 1


def test_nothing_told_is_nothing_found() -> None:
    assert figures()["found"] == 0 and figures()["delay_median_s"] is None


@pytest.mark.parametrize("text", ["", "fall-17,1\n", "fall-17,one,-1\n", "fall-17,1,-1\n"])
def test_labels_that_do_not_fit_are_told(text: str, tmp_path: Path, shared: Path) -> None:
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    (tmp_path / "fall-17-cam0.mp4").symlink_to(shared / "data/fall/fall-17-cam0.mp4")
    detector = load_detector(ModelStore(tmp_path / "none"), DetectionSettings("hog"), 0.5)
    with pytest.raises(InputError) as caught:
        clips(tmp_path, detector, Skipped())
    assert caught.value.field == "data"


def test_a_folder_without_labels_is_told(tmp_path: Path) -> None:
    detector = load_detector(ModelStore(tmp_path / "none"), DetectionSettings("hog"), 0.5)
    with pytest.raises(InputError, match=r"labels\.csv"):
        clips(tmp_path, detector, Skipped())


def test_a_recorded_fall_is_found(shared: Path, tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    store.install((falls.DETECTOR,), shared / "data/models")
    data = tmp_path / "fall"
    data.mkdir()
    (data / "fall-17-cam0.mp4").symlink_to(shared / "data/fall/fall-17-cam0.mp4")
    rows = (shared / "data/fall/labels.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "labels.csv").write_text("".join(row for row in rows if row.startswith("fall-17")), encoding="utf-8")
    (found,) = clips(data, load_detector(store, DetectionSettings(falls.DETECTOR), 0.12), Skipped())
    assert len(found.people) == 95 and found.first(1) == 88
    way = Way("no poses", posed=False, every=2)
    metrics = falls._way_case(way, [found], [falls._played(found, way, store)])["metrics"]
    assert metrics["found"] == 1 and metrics["false_alarms_per_min"] == 0
    assert 0 < metrics["delay_worst_s"] < 4


def test_a_clip_that_cannot_be_read_is_left_out_and_named(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "fall-17-cam0.mp4").symlink_to(shared / "data/fall/fall-17-cam0.mp4")
    (tmp_path / "fall-99-cam0.mp4").write_bytes(b"no video")
    rows = (shared / "data/fall/labels.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    good = [row for row in rows if row.startswith("fall-17")]
    (tmp_path / "labels.csv").write_text("".join([*good, "fall-17,x\n", "fall-99,1,0\n", "fall-99,2,1\n"]), encoding="utf-8")
    skipped = Skipped()
    found = clips(tmp_path, load_detector(ModelStore(tmp_path / "none"), DetectionSettings("hog"), 0.5), skipped)
    assert [clip.name for clip in found] == ["fall-17"]
    assert {(one.file, one.line) for one in skipped.first} == {("labels.csv", len(good) + 1), ("fall-99-cam0.mp4", 0)}
