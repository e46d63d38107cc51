"""A console over a real hub and two real engines: somebody compared, linked, shown as one, and parted again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.dialogs.people.compare_sites import CompareSitesDialog
from console.pages.people.people import PeoplePage
from console.session.remembered import Remembered
from console.sites.many_sites import ManySites
from console.window import MainWindow
from engine.gateway.remote.hub import RemoteHub
from engine.model.people.person_links import LinkVerdict
from engine.model.time import SystemClock
from engine.store.shared.record import SharedRecord
from tests.fakes.linked_sites import MISSING, PASSWORD, LinkedSites, linked_sites, near
from tests.fakes.people_site import look
from tests.fakes.postgres import new_record, postgres_or_skip


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedSites]:
    with postgres_or_skip() as server:
        record = SharedRecord(new_record(server, "linked_console"))
        with linked_sites(tmp_path_factory.mktemp("linked"), record, "north", "south") as linked:
            linked.all_agree(MISSING)
            yield linked
        record.close()


@pytest.fixture
def sites(linked: LinkedSites, tmp_path: Path, qapp: object, qtbot: QtBot) -> Iterator[ManySites]:
    """Signed in at the hub as an investigator; both sites are there."""
    made = ManySites(tmp_path)
    hub = made.book.add("Head office", linked.hub.url)
    hub = replace(hub, is_hub=True)
    made.book.change(hub)
    made.sessions.hubs.keep(hub, RemoteHub(linked.hub.url).sign_in("Ada", PASSWORD), made.book)
    qtbot.waitUntil(lambda: len(made.sessions.ports) == 2, timeout=30_000)
    yield made
    made.close()


@pytest.fixture
def window(sites: ManySites, remembered: Remembered, qtbot: QtBot) -> Iterator[MainWindow]:
    bridge = sites.open_bridge()
    made = MainWindow(bridge, SystemClock(), remembered, sites=sites, engine_here=False)
    bridge.setParent(made)
    bridge.start()
    made.show()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and len(bridge.snapshot.cameras) == 2, timeout=20_000)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_compared_linked_and_parted(linked: LinkedSites, window: MainWindow, qtbot: QtBot) -> None:
    anna = linked["north"].person("Anna", look(1), near(1, 0.8))
    other = linked["south"].person("Woman at the till", near(1))
    linked["south"].person("Somebody else", look(2))
    window.show_page("people")
    page = window.page("people")
    assert isinstance(page, PeoplePage)
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 3, timeout=20_000)
    key = next(known.person.id for known in page.actions_of.people() if known.person.id.endswith(anna))
    page.actions_of.compare_sites(key)
    dialog = page.findChild(CompareSitesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.purpose.count() == 1 and dialog.under.isEnabled(), timeout=20_000)
    dialog.under.click()
    qtbot.waitUntil(dialog.compare.isEnabled, timeout=20_000)
    dialog.compare.click()
    qtbot.waitUntil(lambda: len(dialog.pairs.rows) == 1, timeout=20_000)
    [row] = dialog.pairs.rows.values()
    assert "Woman at the till (South)" in row.accessibleName()
    row.same.click()
    qtbot.waitUntil(row.undo.isVisible, timeout=20_000)
    dialog.close()
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 2, timeout=20_000)
    [pair] = linked.record.person_links.pairs()
    assert (pair.verdict, pair.judged_by, pair.ids) == (LinkVerdict.SAME, "Ada", (f"north/{anna}", f"south/{other}"))
    page.actions_of.undo_link(key)
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 3, timeout=20_000)
    qtbot.waitUntil(lambda: [each.verdict for each in linked.record.person_links.pairs()] == [LinkVerdict.OPEN], timeout=20_000)
