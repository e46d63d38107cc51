"""What leaves the engine shows no face to a session that has not said why it has to see it, and every face to one that has."""

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.cameras.clip import Clip
from engine.model.cameras.detection import Category
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import EnvironmentFault, FacesHidden, NotFound, PermissionDenied
from engine.model.history.evidence import Pack, PackRequest, Redaction
from engine.model.people.commands import ErasePerson, PrepareClip, PutPerson, UnmaskFaces
from engine.model.result import StepResult
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.recording.clips.masked_clips import FOLDER, Masked, MaskedClips, of_clip
from engine.recording.clips.masked_still import with_people
from engine.recording.footage.playback import ClipReader
from engine.recording.jpeg import decode_picture, encode_jpeg
from engine.recording.sightings import beside
from engine.runtime.local import LocalPort
from engine.vision.faces.finder import FaceFinder
from engine.vision.faces.hiding import NO_FINDER
from tests.fakes.media import write_mp4
from tests.fakes.people_site import PeopleSite, people_site
from tests.fakes.waiting import until

PICTURES, FPS = 12, 10


def session(role: Role, name: str = "") -> Session:
    return Session(f"se-{name or role.value}", User(f"us-{role.value}", name or role.value, role), ROLE_VERBS[role])


@pytest.fixture(scope="module")
def photo(shared: Path) -> Bytes2D:
    """One face, 480 × 270."""
    picture = cv2.imread(str(shared / "data/faces/ageitgey/examples/obama-720p.jpg"))
    assert picture is not None
    return np.asarray(cv2.resize(picture, (480, 270), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def models_folder(shared: Path) -> Path:
    return shared / "data/models"


@pytest.fixture(scope="module")
def finder(models_folder: Path) -> FaceFinder:
    """More easily satisfied than what hides."""
    return FaceFinder(models_folder / "face_detection_yunet_2023mar.onnx", score_floor=0.4)


@pytest.fixture(scope="module")
def video(photo: Bytes2D, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The picture goes to the right by ten pixels each time."""
    pictures = [np.roll(cv2.cvtColor(photo, cv2.COLOR_BGR2BGRA), 10 * number, axis=1) for number in range(PICTURES)]
    return write_mp4(tmp_path_factory.mktemp("video") / "face.mp4", pictures, FPS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[PeopleSite]:
    folder = tmp_path_factory.mktemp("masking")
    with people_site(folder / "site", folder / "models") as site:
        site.engine.models.install(("yunet", "nanodet-m"), models_folder)
        site.engine.models_changed()
        yield site


@pytest.fixture(autouse=True)
def hidden(site: PeopleSite) -> None:
    hide(site, True)


def hide(site: PeopleSite, on: bool) -> None:
    site.engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=on)), "test")


def port(site: PeopleSite, role: Role, name: str = "") -> LocalPort:
    return LocalPort(site.engine, lambda: session(role, name))


def keep_clip(site: PeopleSite, video: Path, number: int, person_id: str = "") -> Clip:
    event = site.keep_event(number, person_id, "")
    clip = site.keep_clip(event, number)
    data = video.read_bytes()
    (site.engine.data.path / clip.file).write_bytes(data + bytes([number % 256]))  # a digest of its own
    whole = replace(clip, id=f"cl-m{number}", sha256=hashlib.sha256(data + bytes([number % 256])).hexdigest(), camera_id="door")
    site.engine.record.writer.submit(None, (whole,))
    site.flush()
    return whole


def shown(path: Path) -> list[tuple[int, Bytes2D]]:
    with ClipReader(path) as reader:
        return [(picture.at_ns, picture.bgr()) for picture in reader.pictures()]


def copies(site: PeopleSite) -> list[Path]:
    return sorted((site.engine.data.path / FOLDER).iterdir())


def test_a_clip_shows_no_face_and_the_rest_of_it_as_it_was(site: PeopleSite, video: Path, finder: FaceFinder) -> None:
    clip = keep_clip(site, video, 501)
    original = site.engine.data.path / clip.file
    before = original.read_bytes()
    path = port(site, Role.OPERATOR).clip_file(clip.id)
    assert path != original and original.read_bytes() == before
    plain, masked = shown(original), shown(path)
    assert [at_ns for at_ns, _ in masked] == [at_ns for at_ns, _ in plain] and len(plain) == PICTURES
    for (_, seen), (_, left) in zip(plain, masked, strict=True):
        (x0, y0, x1, y1), *_ = finder.find(seen).boxes_xyxy.astype(int)
        assert not len(finder.find(left))
        apart = np.abs(seen.astype(int) - left.astype(int))
        assert apart[y0:y1, x0:x1].mean() > 12 and apart[200:, :60].mean() < 4


def test_who_said_why_gets_the_recording_itself_and_it_is_kept_that_they_saw_it(site: PeopleSite, video: Path) -> None:
    clip = keep_clip(site, video, 502)
    seeing, other = port(site, Role.INVESTIGATOR, "ines"), port(site, Role.INVESTIGATOR, "otto")
    seeing.command(UnmaskFaces("a theft at the door", 5))
    for _ in range(2):
        assert seeing.clip_file(clip.id) == site.engine.data.path / clip.file
    assert other.clip_file(clip.id) != site.engine.data.path / clip.file
    rows = [(str(row.verb), row.by, row.subject) for row in site.engine.record.store.audit() if row.by in ("ines", "otto")]
    rows = [row for row in rows if row[0] in ("see_faces", "unmask_faces")]
    assert sorted(rows) == [("see_faces", "ines", clip.id), ("unmask_faces", "ines", "")]
    hide(site, False)
    assert other.clip_file(clip.id) == site.engine.data.path / clip.file


def test_what_is_sent_to_a_hub_shows_no_face_where_faces_are_hidden(site: PeopleSite, video: Path) -> None:
    clip = keep_clip(site, video, 502)
    sent = site.engine.hub.clip_file(clip.id)
    assert sent == port(site, Role.OPERATOR).clip_file(clip.id) != site.engine.data.path / clip.file
    with pytest.raises(NotFound):
        site.engine.hub.clip_file("cl-none")


def test_a_copy_is_made_once_and_is_gone_with_the_person(site: PeopleSite, video: Path) -> None:
    person_id = site.tell(PutPerson("Erasmus"))
    clip, stays = keep_clip(site, video, 503, person_id), keep_clip(site, video, 504)
    watching = port(site, Role.OPERATOR)
    first = watching.clip_file(clip.id)
    made_ns = first.stat().st_ctime_ns
    assert watching.command(PrepareClip(clip.id)) == "" and watching.clip_file(clip.id) == first
    beside(site.engine.data.path, clip).write_text("[]")
    kept = watching.clip_file(stays.id)
    assert made_ns and first in copies(site)
    assert site.job(site.tell(ErasePerson(person_id, "they asked"))).state is JobState.DONE
    assert first not in copies(site) and kept in copies(site) and not beside(site.engine.data.path, clip).exists()
    with pytest.raises(NotFound):
        watching.clip_file(clip.id)


def stopped(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Looking for faces begins, and goes on only when it may."""
    began, go = threading.Event(), threading.Event()
    look = site.engine.masking._find_places

    def slow(*given: object) -> object:
        began.set()
        assert go.wait(60)
        return look(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(site.engine.masking, "_find_places", slow)
    return began, go


def test_what_nobody_waits_for_any_more_is_given_up(site: PeopleSite, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go = stopped(site, monkeypatch)
    clip, before = keep_clip(site, video, 505), copies(site)
    one, two = port(site, Role.OPERATOR, "one"), port(site, Role.OPERATOR, "two")
    job_id = one.command(PrepareClip(clip.id))
    assert two.command(PrepareClip(clip.id)) == job_id and began.wait(60)
    assert one.clip_file_within(clip.id, 0.0) is None
    one.command(PrepareClip(clip.id, wanted=False))
    assert next(job for job in site.engine.jobs.all() if job.id == job_id).state is JobState.RUNNING
    two.command(PrepareClip(clip.id, wanted=False))
    go.set()
    assert site.job(job_id).state is JobState.CANCELLED and copies(site) == before


def test_a_clip_that_is_deleted_meanwhile_leaves_no_copy(site: PeopleSite, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go = stopped(site, monkeypatch)
    clip, before = keep_clip(site, video, 506), copies(site)
    job_id = port(site, Role.OPERATOR).command(PrepareClip(clip.id))
    assert began.wait(60)
    (site.engine.data.path / clip.file).unlink()
    go.set()
    assert site.job(job_id).state is JobState.FAILED and copies(site) == before


def test_a_clip_that_cannot_be_read_is_not_shown_at_all(site: PeopleSite, video: Path) -> None:
    clip = keep_clip(site, video, 507)
    (site.engine.data.path / clip.file).write_bytes(b"no video")
    with pytest.raises(EnvironmentFault, match="cannot be played"):
        port(site, Role.OPERATOR).clip_file(clip.id)


def test_copies_that_do_not_fit_go_those_first_that_nobody_used(site: PeopleSite, video: Path, tmp_path: Path) -> None:
    clips = [Clip(f"cl-{n}", "ev", "door", 0, 1, "clip.mp4", "", f"{n:064x}", 1, "mpeg4", 480, 270) for n in range(3)]
    (tmp_path / "clip.mp4").write_bytes(video.read_bytes())
    kept = MaskedClips(tmp_path)
    originals, how = [of_clip(tmp_path, clip) for clip in clips], Masked("test")
    first = kept.make(originals[0], how, lambda *_: (), lambda _: None)
    assert first
    size = first.stat().st_size
    small = MaskedClips(tmp_path, 2 * size)
    assert small.make(originals[1], how, lambda *_: (), lambda _: None)
    for path in (tmp_path / FOLDER).iterdir():
        os.utime(path, ns=(1, 1))
    assert small.ready(originals[0], how)  # used
    assert small.make(originals[2], how, lambda *_: (), lambda _: None)
    assert [small.ready(original, how) is not None for original in originals] == [True, False, True]
    assert small.ready(originals[2], Masked("with something else")) is None


def picture_of(jpeg: bytes | None) -> Bytes2D:
    assert jpeg is not None
    return decode_picture(jpeg)


def test_small_pictures_show_no_face(site: PeopleSite, photo: Bytes2D, finder: FaceFinder) -> None:
    seeing, watching = port(site, Role.INVESTIGATOR, "thea"), port(site, Role.OPERATOR)
    seeing.command(UnmaskFaces("a theft at the door", 5))
    folder = site.engine.data.thumbnails
    noted, bare = with_people(encode_jpeg(photo), [(0.3, 0.0, 0.8, 1.0)]), encode_jpeg(photo)
    (folder / "ev-noted.jpg").write_bytes(noted)
    (folder / "ev-bare.jpg").write_bytes(bare)
    assert seeing.thumbnail("ev-noted") == noted and seeing.thumbnail("ev-bare") == bare and watching.thumbnail("ev-none") is None
    left = picture_of(watching.thumbnail("ev-noted"))
    assert len(finder.find(picture_of(noted))) == 1 and not len(finder.find(left))
    assert np.abs(left[:, :60].astype(int) - photo[:, :60]).mean() < 6
    nothing = picture_of(watching.thumbnail("ev-bare"))
    assert len(np.unique(nothing.reshape(-1, 3) // 16, axis=0)) < 200 and not len(finder.find(nothing))


def test_the_picture_of_a_camera_test_shows_no_face(site: PeopleSite, photo: Bytes2D, finder: FaceFinder) -> None:
    site.engine.job_pictures.keep("job-x", with_people(encode_jpeg(photo), ()))
    admin = port(site, Role.ADMIN, "adam")
    assert not len(finder.find(picture_of(admin.job_picture("job-x"))))
    admin.command(UnmaskFaces("the camera looks the wrong way", 1))
    assert len(finder.find(picture_of(admin.job_picture("job-x")))) == 1


def test_evidence_packs_in_which_faces_were_not_hidden_need_a_reason_too(site: PeopleSite) -> None:
    whole = Pack("pk-whole", PackRequest(0, 1, "of a theft"), "ada", 1, "packs/whole.zip", 4, "")
    hiding = replace(whole, id="pk-hiding", file="packs/hiding.zip", request=replace(whole.request, redaction=Redaction.FACES))
    (site.engine.data.path / "packs").mkdir(exist_ok=True)
    for pack in (whole, hiding):
        site.engine.record.store.cases.put_pack(pack)
        (site.engine.data.path / pack.file).write_bytes(b"pack")
    seeing = port(site, Role.INVESTIGATOR, "pia")
    assert seeing.pack_file(hiding.id).read_bytes() == b"pack"
    with pytest.raises(FacesHidden, match="with a reason"):
        seeing.pack_file(whole.id)
    seeing.command(UnmaskFaces("the court asks for it", 1))
    assert seeing.pack_file(whole.id).read_bytes() == b"pack"
    hide(site, False)
    assert port(site, Role.INVESTIGATOR, "otto").pack_file(whole.id).read_bytes() == b"pack"


def test_photos_of_faces_need_a_reason_too(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("Fanny"))
    face = site.add_face(person_id, 77)
    seeing = port(site, Role.INVESTIGATOR, "fay")
    until(lambda: site.engine.people.photos.read(face.id) is not None, "the photo is kept")
    with pytest.raises(FacesHidden, match="with a reason"):
        seeing.face_photo(face.id)
    with pytest.raises(PermissionDenied, match="may not unmask"):
        port(site, Role.OPERATOR).face_photo(face.id)
    seeing.command(UnmaskFaces("is this her", 1))
    assert seeing.face_photo(face.id)
    hide(site, False)
    assert port(site, Role.OPERATOR).face_photo(face.id)


def test_live_pictures_are_hidden_where_heads_are_and_all_over_while_no_detector_looks(
    site: PeopleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, now_ns = site.engine, site.engine.clock.now_ns()
    track = Track("tr-9", 1, "door", Category.PERSON, TrackStatus.CONFIRMED, (100, 50, 160, 250), 0.9, 0.9, now_ns, now_ns)
    engine.board.take(StepResult(1, tracks=(("door", (track,)),)), now_ns)
    assert engine.sight.in_view.faces_at("door", now_ns) is None, "no detector has looked yet"
    monkeypatch.setattr(engine.sight.pool, "looked_ns", lambda _: now_ns)
    boxes = engine.sight.in_view.faces_at("door", now_ns)
    assert boxes is not None and len(boxes) == 1
    assert boxes[0][0] < 100 and boxes[0][1] < 50 and boxes[0][2] > 160 and 100 < boxes[0][3] < 150
    assert engine.sight.in_view.faces_at("door", now_ns + 2 * SECOND) is None, "boxes are too old"
    monkeypatch.setattr(engine.sight.pool, "looked_ns", lambda _: now_ns - 60 * SECOND)
    assert engine.sight.in_view.faces_at("door", now_ns) is None, "nobody looks any more"


def said(site: PeopleSite) -> bool:
    return NO_FINDER in site.engine.snapshot(with_users=False).health.troubles


def test_it_is_said_in_one_place_that_no_face_detector_is_there(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as bare:
        assert not said(bare)
        hide(bare, True)
        until(lambda: said(bare), "it is said")
