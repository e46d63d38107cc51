"""The benches of the engine measure what they say: on a small clip, briefly, without thresholds."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import site
from benchmarks.history.journal_figures import CameraFigures, journal_figures, percentile
from benchmarks.loaded_engine import Load, Loaded, run_load
from benchmarks.probe import Probe, run_probe
from benchmarks.stages import stage_cases
from benchmarks.tracking.street_files import HEIGHT, WIDTH, write_cameras
from engine.model.cameras.detection import Detections
from engine.model.errors import EnvironmentFault, InputError
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, Tick
from engine.model.time import MILLISECOND, SECOND
from engine.recording.journal import Journal
from tests.fakes.video import Clip, write_clip

FRAMES, FPS = 50, 25


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", Clip(frames=FRAMES, fps=FPS))


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))


def test_every_stage_is_measured_and_the_detector_is_no_part_of_a_frames_own_work(clip: Path, tmp_path: Path) -> None:
    cases = stage_cases(clip, FPS, tmp_path)
    by_name = {case["name"]: case["metrics"] for case in cases}
    assert cases[0]["params"]["detector"] == "hog"
    assert by_name["stage step frame"]["calls_per_frame"] == 1.0
    assert by_name["stage detector"]["calls_per_frame"] == 0.2
    assert by_name["stage journal"]["calls_per_frame"] < 0.5
    own = cases[-1]["metrics"]["per_frame_ms"]
    parts = [by_name[f"stage {name}"]["per_frame_ms"] for name in ("decode", "ring", "motion", "step frame", "step detections")]
    assert sum(parts) <= own < sum(parts) + by_name["stage detector"]["per_frame_ms"]


def test_a_process_of_its_own_gives_its_figures_and_its_journal(clip: Path, tmp_path: Path) -> None:
    data = tmp_path / "site"
    loaded = run_load(Load(str(data), (("One", f"file:{clip}"), ("Two", f"file:{clip}")), 0.5, 1.5))
    assert loaded.memory_mib > 20
    assert loaded.seconds >= 1.5
    assert set(loaded.health) == {"One", "Two"}
    assert loaded.cpu_s["capture"] > 0
    figures = journal_figures(data / "journal", loaded.from_ns, loaded.to_ns)
    assert set(figures) == {"one", "two"}
    assert all(camera.frames > 10 for camera in figures.values())


def test_an_engine_that_cannot_run_says_why(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="does not exist"):
        run_load(Load(str(tmp_path / "no" / "such" / "folder"), (), 0.0, 0.1))


@pytest.mark.parametrize("screen", [False, True], ids=["engine", "console"])
def test_a_start_is_followed_to_its_first_picture(clip: Path, tmp_path: Path, screen: bool) -> None:
    shown = run_probe(Probe(str(tmp_path / "site"), (("One", f"file:{clip}"),), screen))
    assert shown.picture_s is not None
    assert 0 < shown.ready_s < shown.picture_s
    assert (shown.window_s is not None) == screen
    assert shown.window_s is None or 0 < shown.window_s < shown.ready_s


def test_journal_figures_count_the_window_only(tmp_path: Path) -> None:
    found = Detections.people([[0, 0, 5, 9]] * 3, [0.9, 0.8, 0.7])
    moving = Motion(0.1, np.array([[0, 0, 5, 5]], np.float32))
    observations = [
        FrameSeen("yard", SECOND, 0, 640, 360, Motion.none()),
        FrameSeen("yard", 2 * SECOND, 1, 640, 360, moving),
        DetectionsMade("yard", 2 * SECOND, 1, 640, 360, found, "test"),
        FrameSeen("yard", 3 * SECOND, 2, 640, 360, Motion.none()),
        DetectionsMade("yard", 3 * SECOND, 2, 640, 360, Detections.empty(), "test"),
        Tick(4 * SECOND),
        FrameSeen("yard", 9 * SECOND, 3, 640, 360, moving),
    ]
    journal = Journal(tmp_path)
    journal.append([Numbered(i, o.occurred_ns + 20 * MILLISECOND, o) for i, o in enumerate(observations, start=1)])
    journal.close()
    metrics = journal_figures(tmp_path, 2 * SECOND, 9 * SECOND)["yard"].metrics(2.0)
    assert metrics["fps"] == 1.0
    assert metrics["moving_share"] == 0.5
    assert metrics["detector_hz"] == 1.0
    assert metrics["longest_gap_s"] == 1.0
    assert metrics["boxes_per_run"] == 1.5
    assert metrics["detection_wait_p50_ms"] == 20.0
    assert percentile([], 95) is None


def test_what_a_camera_costs_is_the_difference_between_several_and_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of one camera and of three: capturing 10 ms each beside 20 of the engine itself, ten searches of 25 ms each."""

    def loaded(_video: Path, _folder: Path, cameras: int, *_: object) -> tuple[Loaded, dict[str, CameraFigures]]:
        spent = {"capture": 0.01 * cameras, "engine": 0.02, "infer": 0.25 * cameras}
        figures = {f"c-{n}": CameraFigures(frames=10, run_times_ns=[k * SECOND // 10 for k in range(10)]) for n in range(cameras)}
        return Loaded(0, SECOND, spent, 200.0 + 12 * cameras, 0.0, 9, 9, "test", 25.0, 0, [], {}), figures

    monkeypatch.setattr(site, "_loaded", loaded)
    told = site.run(Path("street.avi"), 1.0, 8, [((640, 360), 10, 2)])
    many, camera = (each["metrics"] for each in told["cases"])
    assert (many["cameras_seen"], many["fps_least"], many["detector_runs_per_s"], many["cores_used"]) == (8, 10.0, 80.0, 2.1)
    assert (camera["cpu_percent_per_camera"], camera["cpu_ms_per_search"], camera["memory_mib_per_camera"]) == (1.0, 25.0, 12.0)
    assert (camera["cameras_per_core"], camera["cameras_per_core_at_1_hz"]) == (round(1 / 0.135, 1), round(1 / 0.035, 1))
    with pytest.raises(InputError, match="cameras"):
        site.run(Path("street.avi"), 1.0, 0)


def test_camera_files_are_as_cameras_send_them(clip: Path, tmp_path: Path) -> None:
    import av

    paths = write_cameras(clip, tmp_path, 2, 15)
    assert len(paths) == 2
    with av.open(str(paths[0])) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (WIDTH, HEIGHT, 15)
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
    assert all(packet.pts == packet.dts for packet in packets), "a B-picture would be shown in another order than it is sent"
    assert [packet.is_keyframe for packet in packets[:31]] == [True, *[False] * 29, True]


def test_a_video_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("not a video")
    with pytest.raises((EnvironmentFault, InputError), match=r"note\.txt"):
        write_cameras(tmp_path / "note.txt", tmp_path, 1, 15)
