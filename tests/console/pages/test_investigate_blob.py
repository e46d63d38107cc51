"""On the floor of a replay: why radio found somebody there, out of the record; or that it is not known, and since when."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from console.pages.investigate.investigate import InvestigatePage
from console.session.remembered import Remembered
from engine.model.errors import NotFound
from engine.model.question import ExplainBlob
from tests.console.pages.investigate_stage import opening
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene


@pytest.fixture
def engine() -> RadioEngine:
    made = RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:2]))
    made.add_camera("yard", "Yard")
    return made


@pytest.fixture
def page(engine: RadioEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[InvestigatePage]:
    for open_page in opening(engine, remembered, qtbot):
        yield open_page()


def test_why_somebody_was_there(page: InvestigatePage, engine: RadioEngine, qtbot: QtBot) -> None:
    picture = engine.snapshot
    assert picture.radio.picture is not None
    blob = picture.radio.picture.blobs[0]
    page.floor.show_picture(picture)
    with qtbot.waitSignal(page.floor.why_wanted):
        page.floor._ask_why_there(blob.id)
    dialog = page.explain_person(blob.id, picture)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.panel.bars.isVisible())
    dialog.close()


def test_since_when_it_is_not_known_is_said(page: InvestigatePage, engine: RadioEngine, qtbot: QtBot) -> None:
    picture = engine.snapshot
    assert picture.radio.picture is not None
    engine.fail("ask", NotFound("The log of observations begins at 2026-01-01T00:00:00Z."), ExplainBlob)
    dialog = page.explain_person(picture.radio.picture.blobs[0].id, picture)
    assert dialog is not None
    qtbot.waitUntil(lambda: "begins at 2026-01-01" in dialog.panel.note_text())
    dialog.close()


def test_who_is_known_by_cameras_only_has_no_such_reason(page: InvestigatePage, engine: RadioEngine) -> None:
    assert page.explain_person("nobody", engine.snapshot) is None
