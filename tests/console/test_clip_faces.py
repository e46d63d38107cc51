"""Clips where faces are hidden: how far the copy is, leaving it, and seeing the faces with a reason."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.unmask import UnmaskDialog
from console.pages.live.live import LivePage
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.command import CreateUser
from engine.model.people.commands import PrepareClip, UnmaskFaces
from engine.model.snapshot import Job, JobState
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine

Opener = Callable[[str], MainWindow]


@pytest.fixture
def engine(clip_file: Path) -> FakeEngine:
    """A site where faces are hidden, with one event and its clip."""
    fake = FakeEngine()
    fake.add_camera("yard", "Yard")
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.settings = replace(fake.settings, recognition=replace(fake.settings.recognition, blur_faces=True))
    fake.add_clip(fake.add_event("yard"), clip_file)
    fake.hides_slowly = True
    fake.commands.clear()
    return fake


@pytest.fixture
def page(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> Iterator[LivePage]:
    yield opened(engine, open_window("ada"), qtbot)


def opened(engine: FakeEngine, window: MainWindow, qtbot: QtBot) -> LivePage:
    page = window.page("live")
    assert isinstance(page, LivePage)
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and page._bridge.snapshot.faces_hidden)
    page.open_event(next(iter(engine.snapshot.events)).id)
    return page


def job(engine: FakeEngine) -> Job:
    return next(job for job in engine.jobs.values() if job.kind == "mask_clip")


def end(engine: FakeEngine, state: JobState, message: str = "") -> None:
    with engine.lock:
        engine.jobs[job(engine).id] = replace(job(engine), state=state, message=message)
        engine.publish()


def test_how_far_it_is_is_shown_and_then_it_plays(page: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    clip = page.clip
    qtbot.waitUntil(lambda: clip.hiding.isVisible())
    with engine.lock:
        engine.jobs[job(engine).id] = replace(job(engine), done=40)
        engine.publish()
    qtbot.waitUntil(lambda: clip.hiding.progress.value() == 40 and clip.hiding.progress.maximum() == 100)
    assert not clip.player.isVisible()
    end(engine, JobState.DONE)
    qtbot.waitUntil(lambda: clip.player.isVisible() and clip.player.is_playing())
    assert clip.hidden_faces.isVisible() and clip.hidden_faces.button.isEnabled()


def test_who_leaves_does_not_wait_any_more(page: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.clip.hiding.isVisible())
    clip_id = next(command.clip_id for command in engine.commands if isinstance(command, PrepareClip))
    page.clip.hiding.button.click()
    qtbot.waitUntil(lambda: engine.commands[-1:] == [PrepareClip(clip_id, wanted=False)])
    assert not page.clip.isVisible()
    end(engine, JobState.DONE)
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and page._bridge.snapshot.jobs[-1].state is JobState.DONE)
    assert not page.clip.player.is_playing() and not page.clip.isVisible()


def test_what_cannot_be_hidden_is_told_and_not_played(page: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.clip.hiding.isVisible())
    end(engine, JobState.FAILED, "The disk is full.")
    qtbot.waitUntil(lambda: page.clip.player._pages.currentWidget() is page.clip.player._trouble)
    assert "The disk is full." in page.clip.player._trouble._text.text()
    assert not page.clip.hidden_faces.isVisible()


def test_with_a_reason_the_recording_itself_is_opened_and_hidden_again_in_time(page: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.clip.hiding.isVisible())
    end(engine, JobState.DONE)
    qtbot.waitUntil(lambda: page.clip.hidden_faces.isVisible())
    page.clip.hidden_faces.button.click()
    dialog = page.clip.findChildren(UnmaskDialog)[0]
    dialog.fields.field("reason").edit().setText("A theft at the door")
    dialog.save.click()
    qtbot.waitUntil(lambda: page.clip.player.is_playing() and not page.clip.hidden_faces.isVisible())
    assert UnmaskFaces("A theft at the door", 10.0) in engine.commands
    engine.people = replace(engine.people, unmasked_until_ns=engine.now_ns - SECOND)
    engine.publish()
    qtbot.waitUntil(lambda: page.clip.hiding.isVisible() and not page.clip.player.is_playing())


def test_small_pictures_are_asked_for_again_once_faces_are_shown(page: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.review.events_button.click()
    event_id = next(iter(engine.snapshot.events)).id
    qtbot.waitUntil(lambda: page.feed._thumbnails.get(event_id) is not None)
    before = page.feed._thumbnails.get(event_id)
    engine.people = replace(engine.people, unmasked_until_ns=engine.now_ns + 60 * SECOND)
    engine.publish()
    qtbot.waitUntil(lambda: page.feed._thumbnails.get(event_id) not in (None, before))


def test_who_may_not_unmask_is_told_whom_to_ask(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    engine.hides_slowly = False
    page = opened(engine, open_window("bo"), qtbot)
    qtbot.waitUntil(lambda: page.clip.hidden_faces.isVisible())
    assert not page.clip.hidden_faces.button.isEnabled() and "administrator" in page.clip.hidden_faces.button.toolTip()
    page.clip.show_faces()
    assert not page.clip.findChildren(UnmaskDialog)
