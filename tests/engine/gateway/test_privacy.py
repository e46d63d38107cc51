"""A colour that is in no other place lies under a privacy area: nobody gets it, by any way, whenever it was recorded.

One engine with its gateway watches an H.264 camera; after some seconds the area is set, without a restart. `before` names what was recorded
until then, `after` what was recorded since.
"""

import base64
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.clip import Clip
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.segment import ListSegments, Segment
from engine.model.command import PutCamera, TestCamera
from engine.model.errors import EnvironmentFault, FacesHidden
from engine.model.geometry import Polygon
from engine.model.health import CameraState
from engine.model.history.evidence import ListPacks, MakePack, PackRequest
from engine.model.observation import CameraStateChanged, Tick
from engine.model.people.commands import PrepareClip
from engine.model.port import EnginePort, PictureWant
from engine.model.question import ListAudit, ListClips
from engine.model.settings import CameraSettings, DetectionSettings, RecordingSettings
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage, FootagePicture
from engine.recording.footage.plan import FootageFile, FootagePlan
from engine.recording.footage.playback import ClipReader
from engine.recording.jpeg import decode_picture, encode_jpeg
from engine.recording.segments.recovery import left_parts
from engine.runtime.cameras.privacy_record import PrivacyRecord
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.waiting import until

PRIVATE: Polygon = ((0.56, 0.42), (0.9, 0.45), (0.88, 0.9), (0.55, 0.86))
OTHER: Polygon = ((0.02, 0.02), (0.3, 0.02), (0.3, 0.4), (0.02, 0.4))
WIDTH, HEIGHT, FPS = 320, 192, 15
MAGENTA = (255, 0, 255)
MARGIN_NS = SECOND // 2


def magenta(picture: Bytes2D) -> bool:
    """Whether the colour is anywhere in a BGR(A) picture: half as strong is enough, two of its pixels are."""
    blue, green, red = (picture[..., channel].astype(np.int32) for channel in range(3))
    return bool((np.minimum(blue, red) - green > 100).sum() > 1)


def magenta_in(video: Path) -> bool:
    with av.open(str(video)) as container:
        return any(magenta(frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0))


def in_bytes(data: bytes, folder: Path) -> bool:
    path = folder / "fetched.mp4"
    path.write_bytes(data)
    return magenta_in(path)


def write_camera(path: Path) -> Path:
    """Four seconds of a square that moves on the left, and the colour on the right."""
    with av.open(str(path), "w") as container:
        options = {"g": "8", "bf": "0", "preset": "ultrafast"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(4 * FPS):
            picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
            picture[30:60, number % 60 : number % 60 + 40] = 230
            picture[round(0.5 * HEIGHT) : round(0.8 * HEIGHT), round(0.62 * WIDTH) : round(0.82 * WIDTH)] = MAGENTA
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@dataclass
class Watched:
    """`set_ns`: when the command that set the area had returned. Newest events of each time, with whole clips."""

    site: Site
    port: EnginePort
    set_ns: int
    before_event: str
    after_event: str

    @property
    def data(self) -> Path:
        return self.site.engine.data.path

    def clip(self, event_id: str) -> Clip:
        return self.port.ask(ListClips(event_id=event_id))[0]

    def clips(self) -> tuple[Clip, ...]:
        return self.port.ask(ListClips(100))

    def segments(self) -> tuple[Segment, ...]:
        return self.port.ask(ListSegments(0, 1 << 62))


def live_event(site: Site) -> str:
    """An event with a whole clip: the camera was lost for a moment, by report only."""
    engine = site.engine
    until(lambda: engine.sight.pool.looked_at("yard") is not None, "a picture of it was looked at, of which the small one is made")
    now_ns = engine.clock.now_ns()
    known = {event.id for event in engine.board.events()}
    engine.mailbox.post(CameraStateChanged("yard", now_ns, CameraState.LOST, "No picture for 2 s."))
    engine.mailbox.post(Tick(now_ns + 3 * SECOND))
    engine.mailbox.post(CameraStateChanged("yard", now_ns + 3 * SECOND, CameraState.LIVE))

    def ended() -> list[str]:
        return [event.id for event in engine.board.events() if event.id not in known and event.ended_ns is not None]

    until(lambda: bool(ended()), "the event is over")
    event_id = ended()[0]
    until(lambda: event_id in engine.board.clip_events(), "its clip is whole")
    until(lambda: engine.sight.clips.thumbnails.read(event_id) is not None, "its small picture is there")
    assert engine.record.writer.flush(10)
    return event_id


def record_on(site: Site, on: bool) -> None:
    """All the time, or not: what was being recorded becomes whole."""
    site.engine.update_settings(lambda now: replace(now, recording=replace(now.recording, continuous=on)), "test")


def whole_after(site: Site, at_ns: int) -> bool:
    """Whether a recording is whole that began after this."""
    assert site.engine.record.writer.flush(10)
    return any(each.started_ns > at_ns for each in site.engine.record.store.answer(ListSegments(at_ns, 1 << 62)))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    monkeypatch.setattr("engine.runtime.cameras.privacy_record.MARGIN_NS", MARGIN_NS)
    camera = CameraSettings("yard", "Yard", str(write_camera(tmp_path_factory.mktemp("video") / "yard.mp4")))
    with running(tmp_path_factory.mktemp("site") / "data", Bind(), CommandLineSettings((camera,)), gateway_needed=True) as site:
        port = site.door.set_up("Test site", "ada", "correct horse battery")
        recording = RecordingSettings(before_s=0.5, after_s=0.5, continuous=True, segment_s=5.0, keep_free_gib=0.1)
        site.engine.change_settings(replace(site.engine.settings, recording=recording, detection=DetectionSettings(rate_hz=0.5)), "test")
        until(lambda: site.door.overview().cameras[0].health.state is CameraState.LIVE, "the camera is live")
        before = live_event(site)
        port.command(PutCamera(replace(camera, privacy=(PRIVATE,))))
        set_ns = site.engine.clock.now_ns()
        until(lambda: whole_after(site, 0), "what was recorded before is whole")
        until(lambda: site.engine.clock.now_ns() > set_ns + MARGIN_NS, "nothing of before is near")
        record_on(site, False)
        until(lambda: whole_after(site, set_ns - SECOND), "what began with the area is whole")
        record_on(site, True)
        until(lambda: site.engine.clock.now_ns() > set_ns + 3 * SECOND, "an event's clip would begin after that")
        after = live_event(site)
        record_on(site, False)
        until(lambda: whole_after(site, set_ns + MARGIN_NS), "a recording of after is whole")
        yield Watched(site, port, set_ns, before, after)
        port.close()
    monkeypatch.undo()


@pytest.fixture(scope="module")
def http(watched: Watched) -> Iterator[httpx.Client]:
    token = watched.site.engine.accounts.create_token(Role.ADMIN, "test")
    with httpx.Client(base_url=watched.site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(params=["local", "remote"])
def port(request: pytest.FixtureRequest, watched: Watched) -> Iterator[EnginePort]:
    door = watched.site.door if request.param == "local" else RemoteDoor(watched.site.url)
    port = door.sign_in("ada", "correct horse battery")
    yield port
    port.close()


def test_the_colour_is_there_to_be_found(watched: Watched) -> None:
    """Otherwise the rest of this would prove nothing."""
    old = watched.clip(watched.before_event)
    assert old.codec == "h264" and magenta_in(watched.data / old.file)
    first = next(each for each in watched.segments() if each.ended_ns < watched.set_ns + SECOND)
    assert first.codec == "h264" and magenta_in(watched.data / first.file)


@pytest.mark.parametrize("want", [PictureWant(64, 36), PictureWant(200, 200), PictureWant(4000, 4000), PictureWant(4000, 4000, main=True)])
def test_live_pictures_show_it_burned(port: EnginePort, want: PictureWant) -> None:
    feed = port.watch("yard", want, lambda: None)
    try:
        until(lambda: feed.latest() is not None, "a picture comes")
        picture = feed.latest()
        assert picture is not None and not magenta(picture.pixels) and picture.pixels[..., :3].std() > 3
    finally:
        feed.close()


def test_live_pictures_over_the_socket_show_it_burned(watched: Watched, http: httpx.Client) -> None:
    address = f"ws{watched.site.url.removeprefix('http')}/ws/camera/yard"
    with connect(address, additional_headers={"Authorization": http.headers["Authorization"]}, proxy=None) as socket:
        frame = json.loads(socket.recv(60))["data"]["frame"]
    assert not magenta(decode_picture(base64.b64decode(frame)))


def test_what_detectors_are_given_is_burned(watched: Watched) -> None:
    frame = watched.site.engine.sight.pool.looked_at("yard")
    assert frame is not None and not magenta(frame.bgr(frame.width, frame.height))


def test_small_pictures_of_events_show_it_burned_and_older_ones_are_covered(port: EnginePort, watched: Watched) -> None:
    for event_id in (watched.after_event, watched.before_event):
        jpeg = port.thumbnail(event_id)
        assert jpeg is not None and not magenta(decode_picture(jpeg)) and decode_picture(jpeg).std() > 3
    kept = watched.site.engine.sight.clips.thumbnails.read(watched.before_event)
    assert kept is not None and magenta(decode_picture(kept))


def test_small_pictures_that_do_not_say_what_part_they_show_are_not_shown(watched: Watched) -> None:
    """As those that were made before they did."""
    path = watched.data / "thumbnails" / f"{watched.before_event}.jpg"
    kept = path.read_bytes()
    try:
        path.write_bytes(encode_jpeg(decode_picture(kept)))
        assert watched.port.thumbnail(watched.before_event) is None
    finally:
        path.write_bytes(kept)


def test_clips_are_burned_and_older_ones_are_covered_when_they_are_shown(port: EnginePort, watched: Watched) -> None:
    new, old = watched.clip(watched.after_event), watched.clip(watched.before_event)
    assert new.transcoded and new.codec == "vp9"
    raw = (watched.data / new.file).read_bytes()
    assert port.clip_file(new.id).read_bytes() == raw  # as it was recorded: nothing has to be covered any more
    for clip in (new, old):
        path = port.clip_file(clip.id)
        assert not magenta_in(path)
        with ClipReader(path) as reader, ClipReader(watched.data / clip.file) as original:
            assert [each.at_ns for each in reader.pictures()] == [each.at_ns for each in original.pictures()]


def test_recordings_are_burned_and_older_ones_are_covered_when_they_are_shown(port: EnginePort, watched: Watched) -> None:
    segments = watched.segments()
    assert {each.codec for each in segments} == {"h264", "vp9"}
    for segment in segments:
        assert not magenta_in(port.segment_file(segment.id)), segment


def test_recorded_pictures_show_it_nowhere(watched: Watched) -> None:
    segments = watched.segments()
    files = tuple(FootageFile(each.id, each.started_ns, each.ended_ns) for each in segments)
    footage = Footage(lambda file: watched.port.segment_file(file.id), PictureCache(1 << 26))
    footage.plan = FootagePlan(files)
    shown = [footage.at(each.started_ns + each_ns) for each in segments for each_ns in (0, SECOND // 2)]
    footage.close()
    pictures = [each.bgra() for each in shown if isinstance(each, FootagePicture)]
    assert len(pictures) > 2 and not any(map(magenta, pictures))


def test_files_over_http_show_it_nowhere(watched: Watched, http: httpx.Client, tmp_path: Path) -> None:
    for clip in watched.clips():
        answer = http.get(f"/api/v1/clips/{clip.id}")
        assert answer.status_code == 200 and not in_bytes(answer.content, tmp_path), clip
    for segment in watched.segments():
        answer = http.get(f"/api/v1/segments/{segment.id}/file")
        assert answer.status_code == 200 and not in_bytes(answer.content, tmp_path), segment
    for event_id in (watched.before_event, watched.after_event):
        assert not magenta(decode_picture(http.get(f"/api/v1/events/{event_id}/thumbnail").content))


def test_what_was_written_since_holds_it_in_no_file(watched: Watched) -> None:
    """Of all files that the engine has, only those of before decode to it: no part file, no copy, no small picture. Times of pictures are
    no more exact than the margin: what lies within it counts as of before, and is covered."""
    old = [each for each in (*watched.clips(), *watched.segments()) if each.started_ns < watched.set_ns + MARGIN_NS]
    known, told = {watched.data / each.file for each in old}, {each.id for each in old} | {watched.before_event}
    told |= {each.event_id for each in old if isinstance(each, Clip)}
    holding, looked = set[Path](), 0
    for path in (path for path in watched.data.rglob("*") if path.is_file()):
        if path.suffix in (".mp4", ".mov", ".mkv", ".webm") or (path.suffix == ".part" and path.stat().st_size > 5_000):
            try:
                holding |= {path} if magenta_in(path) else set()
                looked += 1
            except (av.error.FFmpegError, IndexError):
                continue
        elif path.suffix == ".jpg" and path.stem not in told:
            looked += 1
            assert not magenta(decode_picture(path.read_bytes())), path
    assert looked > 5 and holding <= known


def test_a_pack_shows_it_nowhere_neither_in_videos_nor_in_stills(watched: Watched, tmp_path: Path) -> None:
    engine = watched.site.engine
    since_ns, now_ns = watched.clip(watched.before_event).started_ns - SECOND, engine.clock.now_ns()
    job_id = watched.port.command(MakePack(PackRequest(since_ns, now_ns, "Yard", "for the insurer", raw=True, zipped=True)))
    until(lambda: state(watched, job_id) is not JobState.RUNNING, "the pack is made")
    job = next(job for job in engine.jobs.all() if job.id == job_id)
    assert job.state is JobState.DONE, job.message
    with zipfile.ZipFile(watched.port.pack_file(newest_pack(watched))) as pack:
        assert any("private now" in each for each in watched.port.ask(ListPacks())[0].missing)
        names = pack.namelist()
        videos = [name for name in names if name.startswith("video/")]
        stills = [name for name in names if name.startswith("stills/")]
        assert len(videos) > 1 and stills and not [name for name in names if name.startswith("raw/")]
        for name in videos:
            assert not in_bytes(pack.read(name), tmp_path), name
        for name in stills:
            assert not magenta(decode_picture(pack.read(name))), name


def newest_pack(watched: Watched) -> str:
    return watched.port.ask(ListPacks())[0].id


def state(watched: Watched, job_id: str) -> JobState:
    return next(job.state for job in watched.site.engine.jobs.all() if job.id == job_id)


def test_trying_the_camera_shows_it_burned_also_under_another_name(watched: Watched) -> None:
    kept = watched.site.engine.settings.cameras[0]
    for camera in (kept, replace(kept, privacy=()), CameraSettings("other", "Other", kept.url)):
        job_id = watched.port.command(TestCamera(camera))
        until(lambda job_id=job_id: state(watched, job_id) is not JobState.RUNNING, "the test is over")
        jpeg = watched.port.job_picture(job_id)
        assert jpeg is not None and not magenta(decode_picture(jpeg))


def test_whether_it_has_to_be_covered_is_known_after_a_restart_too(watched: Watched) -> None:
    again = PrivacyRecord(watched.data, watched.site.engine.clock)
    for event_id, missing in ((watched.before_event, (PRIVATE,)), (watched.after_event, ())):
        clip = watched.clip(event_id)
        assert again.missing("yard", (PRIVATE,), clip.started_ns, clip.ended_ns) == missing
    assert watched.port.command(PrepareClip(watched.clip(watched.after_event).id)) == ""


def test_who_set_the_area_and_on_what_picture_it_was_drawn_is_kept(watched: Watched) -> None:
    rows = watched.port.ask(ListAudit(verbs=(AuditVerb.PUT_CAMERA,)))
    assert [row.subject for row in rows if row.detail == "privacy areas: 1 new, 0 gone"] == ["yard"]
    assert watched.site.engine.settings.cameras[0].privacy_size == (WIDTH, HEIGHT)


def test_what_a_crash_would_leave_of_a_recording_holds_it_neither(watched: Watched, tmp_path: Path) -> None:
    """A part file as it lies on the disk while it grows: what is recovered after a crash is made of it."""
    record_on(watched.site, True)
    copy = tmp_path / "part.mp4"

    def plays() -> bool:
        parts = left_parts(watched.data)
        if not parts:
            return False
        try:
            copy.write_bytes(parts[0].read_bytes())
            with ClipReader(copy) as reader:
                return sum(1 for _ in reader.pictures()) > FPS
        except (EnvironmentFault, FileNotFoundError):  # no picture yet; or whole by now, under its own name
            return False

    until(plays, "a second of it is on the disk")
    assert not magenta_in(copy)
    record_on(watched.site, False)


def test_where_faces_are_hidden_too_older_clips_hold_it_neither(watched: Watched) -> None:
    engine, clip = watched.site.engine, watched.clip(watched.before_event)
    engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=True)), "test")
    try:
        path = watched.port.clip_file(clip.id)
        assert path != watched.data / clip.file and not magenta_in(path)
        with pytest.raises(FacesHidden):
            watched.port.segment_file(watched.segments()[0].id)
    finally:
        engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=False)), "test")


def test_a_console_elsewhere_does_not_keep_what_is_private_now(watched: Watched) -> None:
    """Of a clip that was fetched before another area was set, only the new copy is left, and that area is burned in it."""
    engine, clip = watched.site.engine, watched.clip(watched.after_event)

    def put(*areas: Polygon) -> None:
        engine.update_settings(lambda now: now.with_camera(replace(now.cameras[0], privacy=areas)), "test")
        until(lambda: port.snapshot().settings.cameras[0].privacy == areas, "the console knows")

    port = RemoteDoor(watched.site.url).sign_in("ada", "correct horse battery")
    try:
        before = port.clip_file(clip.id)
        engine.job_pictures.keep("job-before", b"a picture of a camera test")
        put(PRIVATE, OTHER)
        assert engine.job_pictures.get("job-before") is None
        again = port.clip_file(clip.id)
        assert not before.exists() and not magenta_in(again)
        with ClipReader(again) as reader:
            assert all(picture.bgr()[20:40, 20:60].max() < 80 for picture in reader.pictures())
    finally:
        put(PRIVATE)
        port.close()
