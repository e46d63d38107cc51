"""A newcomer in front of the real console: a face and a gesture are learned from recorded clips, by what the screen offers next."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.recognition import RecognitionDialog
from console.dialogs.people.enrol import EnrolClipDialog, EnrolPictureDialog
from console.dialogs.people.person import PersonDialog
from console.dialogs.people.take_from_clip import TakeFromClipDialog
from console.pages.people.people import PeoplePage
from console.pages.teach.teach import TeachPage
from console.site import Site
from engine._opencv import cv2
from engine.model.cameras.pose import Poses
from engine.model.cameras.track import TrackStatus
from engine.model.event import Event, EventKind
from engine.model.observation import PosesSeen
from engine.model.people.gesture import GestureMode
from engine.model.people.view import TakeState
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND
from engine.runtime.closer.lookers import TrackPoses
from engine.vision.models import FOLDER_VARIABLE, ModelStore
from engine.vision.pose.estimator import PoseEstimator
from tests.console.real_engine import ADMIN, PASSWORD, SITE_NAME, Stage, click, stage, type_into

Pixels = npt.NDArray[np.uint8]

SHORT_CLIPS = RecordingSettings(before_s=2.0, after_s=0.5, longest_clip_s=20.0)
MODELS = ("yolox-nano", "yunet", "sface", "pose-detection", "pose-landmarks")
SIZE = (640, 480)
LONG = "Joseph Maximilian Carter-Featherstonehaugh of the night shift at the north gate"


@pytest.fixture(scope="session")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newcomer-models")
    ModelStore(folder).install(MODELS, shared / "data/models")
    return folder


@pytest.fixture(autouse=True)
def installed(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(models))


def write_film(path: Path, pictures: list[Pixels], fps: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "veryfast", "x264-params": "keyint=15:scenecut=0:bframes=0"})
        stream.width, stream.height, stream.pix_fmt, stream.time_base = *SIZE, "yuv420p", Fraction(1, fps)
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def door(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody before a camera that sways a little, then nobody."""
    photo = cv2.imread(str(shared / "data/faces/ageitgey/examples/knn_examples/train/biden/biden2.jpg"))
    width, height = SIZE
    scale = 1.1 * max(height / photo.shape[0], width / photo.shape[1])
    large = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, spare = (large.shape[0] - height) // 4, large.shape[1] - width
    lefts = [round(spare * (0.5 + 0.4 * np.sin(index / 25 * np.pi))) for index in range(50)]
    seen = [np.asarray(large[top : top + height, left : left + width], np.uint8) for left in lefts]
    return write_film(tmp_path_factory.mktemp("door") / "door.mp4", [*seen, *[np.full((height, width, 3), 150, np.uint8)] * 40], 10)


@pytest.fixture(scope="session")
def fall(shared: Path) -> list[Pixels]:
    """Thirty pictures a second of somebody who walks into a room and falls."""
    with av.open(str(shared / "data/fall/fall-01-cam0.mp4")) as film:
        halves = [frame.to_ndarray(format="bgr24")[:, 320:] for frame in film.decode(video=0)]
    return [np.asarray(cv2.resize(half, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8) for half in halves]


def crouching(fall: list[Pixels], held: int) -> list[Pixels]:
    """Down, as long as `held` pictures, and up again."""
    return fall[70:98] + [fall[98]] * held + fall[98:70:-1]


def resting(fall: list[Pixels]) -> list[Pixels]:
    return (fall[70:78] + fall[78:70:-1]) * 3


@pytest.fixture(scope="session")
def office(fall: list[Pixels], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who crouches and gets up again, three times a little differently, and walks out of the picture."""
    empty, rest = fall[20].copy(), resting(fall)
    empty[:, 330:480] = fall[118][:, 330:480]
    crouches = [each for held in (5, 9, 3) for each in crouching(fall, held) + rest]
    pictures = [empty] * 20 + rest + crouches + [empty] * 90
    return write_film(tmp_path_factory.mktemp("office") / "office.mp4", pictures, 30)


@pytest.fixture(scope="session")
def crouch(fall: list[Pixels], models: Path) -> list[Poses]:
    """What is seen of the body while somebody crouches once more, ten times a second, by the networks that watch live."""
    store = ModelStore(models)
    looker = TrackPoses(PoseEstimator(store.path("pose-detection"), store.path("pose-landmarks")), "pose-landmarks")
    pictures = (crouching(fall, 7) + resting(fall))[::3]
    return [looker.look(picture, ("someone",), WHERE_THEY_CROUCH) for picture in pictures]


WHERE_THEY_CROUCH = np.array([[220.0, 70.0, 440.0, 410.0]], np.float32)
POSE_STEP_NS = SECOND // 10
NO_POSES = Poses((), np.zeros((0, 33, 3), np.float32), np.zeros((0, 33), np.float32), np.zeros(0, np.float32))
CROUCHES_S = ((1.6, 3.7), (5.2, 7.4), (9.0, 11.0))  # from when somebody is in view


@pytest.fixture
def console(tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with stage(tmp_path / "data", qtbot, request.node.name, prepare=with_short_clips) as made:
        set_up(made)
        yield made


def with_short_clips(site: Site) -> None:
    """So that a clip is there soon after somebody left."""
    site.engine.update_settings(lambda now: replace(now, recording=SHORT_CLIPS), "test")


def set_up(console: Stage) -> None:
    console.console.enter()
    dialog = console.dialog(SetupDialog)
    for name, text in (("site_name", SITE_NAME), ("name", ADMIN), ("password", PASSWORD)):
        type_into(dialog.fields.field(name).edit(), text)
    click(dialog.button)
    console.wait_window()
    console.put_off_camera()


def offered(page: QWidget, text: str) -> QPushButton:
    """The button with these words, which is on screen and can be pressed."""
    found = [button for button in page.findChildren(QPushButton) if button.isVisible() and text in button.text().replace("&", "")]
    assert found, f"nothing on screen says “{text}”"
    return found[-1]


def add_camera(console: Stage, page: QWidget, film: Path, name: str) -> None:
    click(offered(page, "Add camera…"))
    dialog = console.over(page, CameraDialog)
    type_into(dialog.form.fields.field("url").edit(), str(film))
    type_into(dialog.form.fields.field("name").edit(), name)
    click(dialog.save)
    console.until(lambda: any(view.settings.name == name for view in console.snapshot.cameras), f"{name} is there")


def switch_recognition_on(console: Stage, page: PeoplePage) -> None:
    click(offered(page, "Switch recognition on…"))
    dialog = console.over(page, RecognitionDialog)
    QTest.mouseClick(dialog.on, Qt.MouseButton.LeftButton, pos=QPoint(20, dialog.on.height() // 2))
    assert not dialog.save.isEnabled() and "Required" in dialog.purpose_trouble.text()
    console.until(dialog.purpose.hasFocus, "the purpose is asked for")
    QTest.keyClicks(dialog.purpose, "Knowing who is at the door")
    console.shot("recognition", dialog)
    click(dialog.save)
    console.until(lambda: console.snapshot.settings.recognition.biometrics, "recognition is on")


def people_page(console: Stage) -> PeoplePage:
    console.window.show_page("people")
    page = console.window.page("people")
    assert isinstance(page, PeoplePage)
    return page


def add_person(console: Stage, page: PeoplePage, name: str) -> str:
    click(offered(page, "Add person…"))
    dialog = console.over(page, PersonDialog)
    type_into(dialog.fields.field("name").edit(), name)
    click(dialog.save)
    console.until(lambda: any(person.name == name for person in console.snapshot.people.persons), "they are added")
    person_id = next(person.id for person in console.snapshot.people.persons if person.name == name)
    console.until(lambda: page.card.person_id() == person_id, "they are chosen at once")
    return person_id


def explained(console: Stage) -> str:
    """Who it is, as told at the press of a key while somebody is in view."""
    if not console.live.identity.isVisible():
        QTest.keyClick(console.live.wall, Qt.Key.Key_W)
    return console.live.identity.name.text()


def faces_of(page: PeoplePage, person_id: str) -> tuple[str, ...]:
    known = page.actions_of.known_person(person_id)
    return known.faces if known is not None else ()


def test_a_face_is_learned_from_a_recorded_clip(console: Stage, door: Path) -> None:
    page = people_page(console)
    switch_recognition_on(console, page)
    console.until(lambda: page.table.empty._button.text() == "Add camera…", "the next step is a camera")
    add_camera(console, page, door, "Front door")
    console.until(lambda: page.table.empty._button.text() == "Add person…", "the next step is a person")
    person_id = add_person(console, page, LONG)
    console.shot("added")
    click(page.steps.clip_button)
    dialog = console.over(page, EnrolClipDialog)
    assert not dialog.learn.isEnabled() and dialog.learn.toolTip() == "Choose a clip first."
    console.until(dialog.learn.isEnabled, "the first clip that is recorded is chosen by itself")
    click(dialog.learn)
    assert not dialog.learn.isEnabled() and dialog.progress.isVisible() and dialog.outcome.text() == "Detecting the face…"
    console.until(lambda: not dialog.run.running, "it was looked at")
    console.shot("learned", dialog)
    assert "Their face is learned" in dialog.outcome.text(), dialog.trouble.text()
    click(dialog.close_button)
    console.until(lambda: bool(faces_of(page, person_id)), "their face is known")
    console.until(lambda: [person.id for person in console.snapshot.people.persons] == [person_id], "who was met before is them")
    console.until(lambda: any(who.person_id == person_id for _, who in console.snapshot.people.names), "they are known live")
    console.until(lambda: page.album.photo(faces_of(page, person_id)[0]) is not None, "the gallery shows them")
    console.until(lambda: page.card.facts.fact_text("Where") == "Front door", "it is said where they are")
    console.shot("known")
    console.window.show_page("live")
    console.activate()
    console.live.wall.setFocus()
    console.until(lambda: explained(console).startswith("Joseph"), "it is said why it is them")
    console.shot("why")


def test_a_face_is_learned_from_a_film_file_and_what_is_wrong_is_said(
    console: Stage, door: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = people_page(console)
    switch_recognition_on(console, page)
    console.until(lambda: page.table.empty._button.text() == "Add camera…", "the next step is a camera")
    add_camera(console, page, door, "Front door")
    person_id = add_person(console, page, "Joe")
    files = [shared / "data/images/scenes", shared / "data/faces/ageitgey/examples/two_people.jpg", door]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(files.pop(0)), ""))
    click(page.steps.file_button)
    dialog = console.over(page, EnrolPictureDialog)
    assert not dialog.learn.isEnabled() and dialog.learn.toolTip() == "Choose a file first."
    click(dialog.choose_button)
    assert "cannot be read" in dialog.trouble.text() and not dialog.learn.isEnabled()
    click(dialog.choose_button)
    click(dialog.learn)
    console.until(lambda: "2 faces" in dialog.trouble.text(), "two faces are too many")
    click(dialog.choose_button)
    assert not dialog.trouble.text()
    console.until(dialog.learn.isEnabled, "the film plays")
    dialog.player.pause()
    click(dialog.learn)
    console.until(lambda: "learned" in dialog.outcome.text(), "the picture on screen was learned")
    click(dialog.close_button)
    console.until(lambda: bool(faces_of(page, person_id)), "their face is known")


def make_take(console: Stage, dialog: TakeFromClipDialog, from_s: float, to_s: float) -> bool:
    """False where the body was out of sight: a machine that is busy all at once records a clip with gaps."""
    before = len(console.snapshot.people.takes)
    dialog.part.choose_range(from_s, to_s)
    click(dialog.go)
    console.until(lambda: len(console.snapshot.people.takes) > before, "the take is begun")
    console.until(lambda: console.snapshot.people.takes[-1].state is not TakeState.RECORDING, "the part was looked at")
    console.until(dialog.go.isEnabled, "the next can be made")
    take = console.snapshot.people.takes[-1]
    assert take.state is TakeState.READY or "out of sight" in take.trouble, take.trouble
    return take.state is TakeState.READY


def make_takes(console: Stage, dialog: TakeFromClipDialog) -> None:
    """As many as a gesture needs: of the clip that is chosen, then of others."""
    made, tried = 0, set[str]()
    while True:
        clip = dialog.choice.clip()
        assert clip is not None
        tried.add(clip.event_id)
        event = next(event for event in console.snapshot.events if event.id == clip.event_id)
        seen_s = (event.started_ns - clip.started_ns) / 1e9
        for from_s, to_s in CROUCHES_S:
            made += made < len(CROUCHES_S) and make_take(console, dialog, seen_s + from_s, seen_s + to_s)
        if made == len(CROUCHES_S):
            return
        console.until(lambda: bool(dialog.choice._clips.keys() - tried), "there is another clip")
        dialog.choice.open_event(next(event_id for event_id in dialog.choice._clips if event_id not in tried))


def perform(console: Stage, crouch: list[Poses], after_ns: int = 0) -> int:
    """Whoever is in view has just crouched, later than `after_ns`; until when."""
    engine, lasts_ns = console.site.engine, len(crouch) * POSE_STEP_NS
    console.until(lambda: engine.clock.now_ns() - lasts_ns > after_ns, "there was time for it")
    (camera,) = console.snapshot.cameras
    console.until(lambda: console.people(camera.settings.id) > 0, "somebody is in view")
    person = next(track.id for track in console.camera(camera.settings.id).tracks if track.status is TrackStatus.CONFIRMED)
    began_ns = engine.clock.now_ns() - lasts_ns
    for number, poses in enumerate(crouch):
        of_person = replace(poses, track_ids=(person,) * len(poses))
        engine.mailbox.post(PosesSeen(camera.settings.id, began_ns + number * POSE_STEP_NS, (person,), of_person, "pose-landmarks"))
    return began_ns + lasts_ns


def test_a_gesture_is_taught_from_recorded_clips_tried_in_shadow_and_armed(
    console: Stage, office: Path, crouch: list[Poses], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.window.show_page("gestures")
    page = console.window.page("gestures")
    assert isinstance(page, TeachPage)
    add_camera(console, page, office, "Office")
    console.until(lambda: any(event.kind is EventKind.PERSON for event in with_clip(console)), "a clip with somebody is recorded")
    click(page.from_clip)
    dialog = console.over(page, TakeFromClipDialog)
    console.until(dialog.go.isEnabled, "a clip is chosen by itself")
    monkeypatch.setattr(TrackPoses, "look", lambda *_: NO_POSES)  # a busy machine looks live too seldom to see a whole performance
    make_takes(console, dialog)
    console.shot("takes", dialog)
    assert "This is enough" in dialog.outcome.text()
    click(dialog.finish)
    console.activate()
    assert page.teach.toolTip() == "Enter a name."
    type_into(page.name, "Crouch")
    click(page.teach)
    console.until(lambda: bool(console.snapshot.people.gestures), "it is taught")
    assert console.snapshot.people.gestures[0].mode is GestureMode.SHADOW
    over_ns = perform(console, crouch)
    console.until(lambda: console.snapshot.people.gestures[0].shadow_fired > 0, "in shadow mode it is seen")
    assert not [event for event in console.snapshot.events if event.kind is EventKind.GESTURE]
    card = page.list.card(console.snapshot.people.gestures[0].id)
    console.until(lambda: "Office" in card._raised.text(), "what it would have raised is listed")
    console.shot("shadow")
    click(card.arm)
    console.until(lambda: console.snapshot.people.gestures[0].mode is GestureMode.ARMED, "it is armed")
    perform(console, crouch, over_ns)
    console.until(lambda: any(event.kind is EventKind.GESTURE for event in console.snapshot.events), "armed it raises an event")
    event = next(event for event in console.snapshot.events if event.kind is EventKind.GESTURE)
    assert event.label == "Crouch" and not event.shadow
    console.window.show_page("live")
    console.shot("fired")


def with_clip(console: Stage) -> list[Event]:
    return [event for event in console.snapshot.events if event.id in console.snapshot.clip_events]
