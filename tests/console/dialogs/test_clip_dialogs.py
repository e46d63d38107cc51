"""Dialogs that choose a recorded clip: reachable by keys, several takes of one clip, clips that come meanwhile, why nothing can be done."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.evidence.clip_choice import clips_with_people
from console.dialogs.people.enrol import EnrolClipDialog, EnrolPictureDialog
from console.dialogs.people.take_from_clip import TakeFromClipDialog
from engine.model.event import EventKind
from engine.model.people.person import Person
from engine.model.people.view import TakeState
from engine.model.time import SystemClock
from tests.console.dialogs.conftest import Show
from tests.fakes.gestures import GestureEngine
from tests.fakes.media import write_mp4

ADA = Person("ada", "Ada")


@pytest.fixture
def engine() -> GestureEngine:
    fake = GestureEngine()
    fake.add_camera("yard", "Yard")
    fake.add_camera("gate", "Gate", "rtsp://gate/1")
    return fake


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_mp4(tmp_path / "a.mp4", [np.full((90, 160, 4), 40 + 3 * n, np.uint8) for n in range(60)])


def test_only_clips_with_people_are_offered_theirs_first_then_those_of_the_camera(engine: GestureEngine, film: Path) -> None:
    kinds = [("yard", EventKind.PERSON), ("gate", EventKind.PERSON), ("yard", EventKind.MOTION), ("yard", EventKind.FALL)]
    yard, gate, motion, fall = (engine.add_event(camera, kind, age_s=90 - 10 * n) for n, (camera, kind) in enumerate(kinds))
    without = engine.add_event("yard", EventKind.PERSON, age_s=5)
    for event in (yard, gate, motion, fall):
        engine.add_clip(event, film)
    port = engine.port("ada")
    assert [event.id for event, _ in clips_with_people(port)] == [fall.id, gate.id, yard.id]
    assert [event.id for event, _ in clips_with_people(port, camera_id="gate")] == [gate.id, fall.id, yard.id]
    assert without.id not in {event.id for event, _ in clips_with_people(port)}


def test_a_clip_that_is_recorded_meanwhile_comes_by_itself(
    engine: GestureEngine, bridge: EngineBridge, show: Show, qtbot: QtBot, film: Path
) -> None:
    dialog = EnrolClipDialog(bridge, SystemClock(), ADA)
    show(dialog)
    qtbot.waitUntil(lambda: dialog.choice._empty._title.text() == "No clip shows anybody yet")
    assert not dialog.learn.isEnabled() and dialog.learn.toolTip() == "Choose a clip first."
    engine.add_clip(engine.add_event("yard", EventKind.PERSON), film)
    engine.publish()
    qtbot.waitUntil(dialog.learn.isEnabled)
    assert dialog.choice.feed.count() == 1 and dialog.choice.feed.selected()


def test_one_clip_gives_several_takes_and_a_bad_one_is_said(
    engine: GestureEngine, bridge: EngineBridge, show: Show, qtbot: QtBot, film: Path
) -> None:
    engine.add_clip(engine.add_event("yard", EventKind.PERSON), film)
    engine.publish()
    dialog = TakeFromClipDialog(bridge, SystemClock(), "yard")
    show(dialog)
    qtbot.waitUntil(dialog.go.isEnabled)
    for count, words in ((1, "Take 1 recorded"), (2, "This is enough")):
        dialog.part.choose_range(0.1 * count, 1.0)
        dialog.go.click()
        qtbot.waitUntil(lambda words=words: words in dialog.outcome.text())
        assert dialog.isVisible() and dialog.go.isEnabled() and not dialog.progress.isVisible(), count
    dialog._take_id = engine.add_take("yard", TakeState.FAILED)
    engine.publish()
    qtbot.waitUntil(lambda: dialog._take_id == "")
    assert dialog.go.isEnabled()


def test_a_clip_too_short_for_a_take_says_so(engine: GestureEngine, bridge: EngineBridge, show: Show, qtbot: QtBot, film: Path) -> None:
    dialog = TakeFromClipDialog(bridge, SystemClock())
    show(dialog)
    qtbot.waitUntil(lambda: dialog.choice._empty._title.text() == "No clip shows anybody yet")
    assert dialog.says.text() == dialog.go.toolTip() == "Choose a clip first."
    engine.add_clip(engine.add_event("yard", EventKind.PERSON), film)
    engine.publish()
    qtbot.waitUntil(dialog.go.isEnabled)
    dialog.part.set_duration(0.3)
    dialog._show_part()
    assert not dialog.go.isEnabled() and "too short" in dialog.says.text()


def test_a_face_comes_from_the_picture_at_which_a_film_stands(
    bridge: EngineBridge, show: Show, qtbot: QtBot, film: Path, tmp_path: Path
) -> None:
    dialog = EnrolPictureDialog(bridge, ADA)
    show(dialog)
    assert not dialog.learn.isEnabled() and dialog.learn.toolTip() == "Choose a file first."
    dialog.open_file(film)
    qtbot.waitUntil(dialog.learn.isEnabled)
    command = dialog.command()
    assert command is not None and command.picture.startswith("/9j/") and dialog.hint.isVisible()
    (tmp_path / "torn.mp4").write_bytes(b"no film")
    dialog.open_file(tmp_path / "torn.mp4")
    qtbot.waitUntil(lambda: not dialog.learn.isEnabled())
