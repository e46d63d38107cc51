"""Evidence locks on the Investigate page: lock a stretch, see who locked what and why, unlock, and who may."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from console.dialogs.evidence.lock_evidence import LockEvidenceDialog
from console.pages.investigate.investigate import InvestigatePage
from console.session.remembered import Remembered
from engine.model.cameras.segment import LONGEST_REASON, EvidenceLock, LockEvidence, UnlockEvidence
from engine.model.time import SECOND
from tests.console.pages.investigate_stage import Open, opening
from tests.fakes.engine import FakeEngine
from widgets.timeline.timeline_window import MINUTE_NS

DAY_NS = 86_400 * SECOND


@pytest.fixture
def open_page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Open]:
    yield from opening(engine, remembered, qtbot)


@pytest.fixture
def page(open_page: Open) -> InvestigatePage:
    return open_page()


def lock(engine: FakeEngine, n: int = 1, cameras: tuple[str, ...] = (), expires_ns: int | None = None) -> EvidenceLock:
    since_ns = engine.now_ns - 40 * MINUTE_NS
    return EvidenceLock(f"lk-{n}", since_ns, since_ns + 10 * MINUTE_NS, f"Case {n}", "ida", engine.now_ns, cameras, expires_ns)


def listed(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, *locks: EvidenceLock) -> None:
    engine.locks = locks
    page.locks.load()
    qtbot.waitUntil(lambda: page.locks.list.model().rowCount() == len(locks))


def locking(engine: FakeEngine) -> LockEvidence:
    return next(each for each in engine.commands if isinstance(each, LockEvidence))


def test_the_stretch_that_is_chosen_is_locked_with_its_reason(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    stretch = (engine.now_ns - 30 * MINUTE_NS, engine.now_ns - 20 * MINUTE_NS)
    page.timeline.canvas.set_range(stretch)
    page.tools.lock.click()
    (dialog,) = page.findChildren(LockEvidenceDialog)
    dialog.reason.setPlainText("  Break-in, file 12/3  ")
    dialog.submit()
    qtbot.waitUntil(lambda: page.locks.list.model().rowCount() == 1)
    assert locking(engine) == LockEvidence(*stretch, "Break-in, file 12/3")
    row = page.locks.list.rows.all_rows()[0]
    assert row.text == "Break-in, file 12/3" and row.mark == "until unlocked"
    assert "ada" in row.detail and "all cameras" in row.detail
    assert page.panel.currentWidget() is page.locks


def test_only_the_cameras_shown_and_until_the_end_of_a_day(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.cameras.choose("gate", False)
    dialog = page.lock_stretch()
    dialog.reason.setPlainText("Theft")
    assert dialog.day.isHidden()
    dialog.until.setCurrentIndex(dialog.until.count() - 1)
    assert not dialog.day.isHidden()
    dialog.day.setDate(QDate(2100, 2, 28))
    dialog.submit()
    qtbot.waitUntil(lambda: bool(engine.locks))
    assert locking(engine).camera_ids == ("yard",)
    qtbot.waitUntil(lambda: page.locks.list.model().rowCount() == 1)
    assert page.locks.list.rows.all_rows()[0].mark == "until 2100-02-28"
    assert locking(engine).expires_ns == int(datetime(2100, 3, 1, tzinfo=page._zone).timestamp()) * SECOND


def test_so_many_days_from_now(page: InvestigatePage) -> None:
    dialog = page.lock_stretch()
    dialog.until.setCurrentIndex(dialog.until.findData(90))
    assert dialog.expires_ns() == dialog._now_ns + 90 * DAY_NS
    dialog.reject()


def test_without_a_reason_or_a_camera_nothing_is_locked(page: InvestigatePage, engine: FakeEngine) -> None:
    dialog = page.lock_stretch()
    assert not dialog.save.isEnabled() and dialog.save.toolTip() == "Enter a reason."
    dialog.reason.setPlainText("x" * (LONGEST_REASON + 1))
    assert not dialog.save.isEnabled() and str(LONGEST_REASON) in dialog.save.toolTip()
    dialog.reason.setPlainText("Theft")
    assert dialog.save.isEnabled()
    for number in range(dialog.cameras.count()):
        dialog.cameras.item(number).setCheckState(dialog.cameras.item(number).checkState().Unchecked)
    assert not dialog.save.isEnabled() and "one camera" in dialog.save.toolTip()
    dialog.submit()
    assert engine.locks == ()
    dialog.reject()


def test_a_lock_is_gone_to_and_shown_on_the_lanes_of_its_cameras(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    one = lock(engine, 1, ("gate",))
    before = page.timeline.canvas.grab().toImage()
    listed(page, engine, qtbot, one)
    assert page.timeline.canvas.grab().toImage() != before
    page.locks.list.select_moment("lk-1")
    page.locks._go("lk-1")
    assert page.timeline.range_chosen() == (one.since_ns, one.until_ns)
    assert page.playback.position_ns == one.since_ns


def test_what_expired_is_told_so_and_marks_no_lane(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    before = page.timeline.canvas.grab().toImage()
    listed(page, engine, qtbot, lock(engine, 1, expires_ns=engine.now_ns - DAY_NS))
    assert page.locks.list.rows.all_rows()[0].mark == "expired"
    assert page.timeline.canvas._locks == () and page.timeline.canvas.grab().toImage() == before


def test_unlocking_asks_first_and_says_whose_it_is(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not page.locks.unlock_button.isEnabled()
    listed(page, engine, qtbot, lock(engine, 1), lock(engine, 2))
    page.locks.list.select_moment("lk-2")
    page.locks._go("lk-2")
    assert page.locks.unlock_button.isEnabled()
    asked = page.locks.unlock()
    assert asked is not None and asked.keep.isDefault()
    asked.keep.click()
    assert len(engine.locks) == 2
    asked = page.locks.unlock()
    assert asked is not None
    asked.go.click()
    qtbot.waitUntil(lambda: page.locks.list.model().rowCount() == 1)
    assert engine.commands[-1] == UnlockEvidence("lk-2")


def test_who_may_not_is_told_so(open_page: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    page = open_page("bo")
    listed(page, engine, qtbot, lock(engine))
    page.locks.list.select_moment("lk-1")
    page.locks._go("lk-1")
    buttons: list[QPushButton] = [page.locks.lock_button, page.locks.unlock_button]
    assert not page.tools.lock.isEnabled() and not any(button.isEnabled() for button in buttons)
    assert "may not export" in page.locks.lock_button.toolTip()
    assert "administrator" in page.locks.unlock_button.toolTip()
