"""The People page over a real engine: a face is learned from a photograph, a name is refused, and somebody is erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.people.enrol import EnrolPictureDialog
from console.dialogs.people.person_edits import SureEraseDialog
from console.pages.people.people import PeoplePage
from console.session.remembered import Remembered
from engine.model.people.commands import PutPerson
from engine.runtime.local import LocalPort
from engine.vision.models import ModelStore
from tests.console.pages.test_people import Host
from tests.fakes.people_site import ADMIN, PeopleSite, people_site

LONG_MS = 20_000
PHOTOS = "data/faces/ageitgey/examples"


@pytest.fixture(scope="module")
def site(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    models = tmp_path_factory.mktemp("models")
    for name in ("face_detection_yunet_2023mar.onnx", "MobileFaceNet_foamliu.onnx"):
        if not (shared / "data/models" / name).is_file():
            pytest.skip(f"The face model {name} is not in the shared folder.")
    ModelStore(models).install(("yunet", "sface"), shared / "data/models")
    with people_site(tmp_path_factory.mktemp("people") / "site", models) as made:
        yield made


@pytest.fixture
def page(site: PeopleSite, remembered: Remembered, qtbot: QtBot) -> Iterator[PeoplePage]:
    host = Host(EngineBridge(LocalPort(site.engine, lambda: ADMIN)), remembered)
    host.show()
    qtbot.waitUntil(host.page.has_content)
    yield host.page
    host.end()
    host.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_face_from_a_photograph(site: PeopleSite, page: PeoplePage, shared: Path, qtbot: QtBot) -> None:
    barack = site.tell(PutPerson("Barack"))
    page.want(barack)
    qtbot.waitUntil(lambda: page.card.person_id() == barack, timeout=LONG_MS)
    page.actions_of.enrol_picture(barack)
    dialog = next(one for one in page.findChildren(EnrolPictureDialog) if one.isVisible())
    dialog.open_file(shared / PHOTOS / "knn_examples/test/obama_and_biden.jpg")
    dialog.learn.click()
    qtbot.waitUntil(lambda: bool(dialog.trouble.text()), timeout=LONG_MS)
    assert "face" in dialog.trouble.text().lower() and page.card.tabs.tabText(1) == "Faces (0)"
    dialog.open_file(shared / PHOTOS / "obama_small.jpg")
    assert not dialog.trouble.text()
    dialog.learn.click()
    qtbot.waitUntil(lambda: bool(dialog.outcome.text()), timeout=LONG_MS)
    qtbot.waitUntil(lambda: page.card.tabs.tabText(1) == "Faces (1)", timeout=LONG_MS)
    known = page.actions_of.known_person(barack)
    assert known is not None
    qtbot.waitUntil(lambda: page.album.photo(known.faces[0]) is not None, timeout=LONG_MS)


def test_a_name_that_somebody_has_is_refused_and_said(site: PeopleSite, page: PeoplePage, qtbot: QtBot) -> None:
    site.tell(PutPerson("Grace"))
    other = site.tell(PutPerson("Ada"))
    page.want(other)
    qtbot.waitUntil(lambda: page.card.person_id() == other, timeout=LONG_MS)
    page.card.renamed.emit("grace")
    host = page.window()
    assert isinstance(host, Host)
    qtbot.waitUntil(lambda: bool(host.toasts.toasts()), timeout=LONG_MS)
    assert page.card.name.text() == "Ada"
    page.card.renamed.emit("Ada Lovelace")
    qtbot.waitUntil(lambda: page.card.name.text() == "Ada Lovelace", timeout=LONG_MS)


def test_somebody_is_erased(site: PeopleSite, page: PeoplePage, qtbot: QtBot) -> None:
    gone = site.tell(PutPerson("Forget Me"))
    qtbot.waitUntil(lambda: gone in page.table.shown_keys(), timeout=LONG_MS)
    page.actions_of.erase(gone)
    dialog = next(one for one in page.findChildren(SureEraseDialog) if one.isVisible())
    dialog.fields.field("reason").edit().setText("Asked for it")
    dialog.fields.field("typed").edit().setText("forget me")
    dialog.save.click()
    qtbot.waitUntil(lambda: gone not in page.table.shown_keys(), timeout=LONG_MS)
