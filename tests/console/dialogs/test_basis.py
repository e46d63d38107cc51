"""Dialogs that were opened on what somebody else has changed since: said so, with the newer value, and replaced only on purpose."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.basis import terms_of
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.review_settings import ReviewSettingsDialog
from engine.model.accounts.access import Role
from engine.model.accounts.commands import ChangeUser
from engine.model.command import ChangeSettings, PutCamera, RemoveCamera
from engine.model.command_terms import NO_TERMS, terms_from
from engine.model.errors import Conflict
from engine.model.review.review import ReviewSettings
from engine.model.snapshot import Snapshot
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine

CHANGED = Conflict(
    "review.gap_s", "This was changed by ada in the meantime: gap s (now 30). Nothing was saved.", ("review.gap_s",), "ada", 1
)


def refuse_once(engine: FakeEngine) -> None:
    """The next command that says from what it was made is refused."""
    engine.conflict = CHANGED


def test_settings_are_replaced_on_purpose_only(bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot) -> None:
    before = engine.settings.review
    dialog = ReviewSettingsDialog(bridge)
    show(dialog)
    dialog.fields.field("gap_s").edit().setText("45")
    engine.settings = replace(engine.settings, review=replace(before, gap_s=30))
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.review.gap_s == 30)
    refuse_once(engine)
    dialog.save.click()
    qtbot.waitUntil(dialog.trouble.isVisible)
    assert "changed by ada" in dialog.trouble.text() and "Save again to replace it" in dialog.trouble.text()
    assert engine.terms[-1] == terms_from(ChangeSettings(review=before)) and engine.settings.review.gap_s == 30
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [ChangeSettings(review=replace(before, gap_s=45))])
    assert engine.terms[-1] == terms_from(ChangeSettings(review=replace(before, gap_s=30)))


def test_a_camera_is_replaced_on_purpose_only(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.settings.camera("gate")
    assert gate is not None
    dialog = CameraDialog(bridge, gate)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.form.share.setValue(20)
    refuse_once(engine)
    dialog.save.click()
    qtbot.waitUntil(dialog.trouble.isVisible)
    assert "changed by ada" in dialog.trouble.text() and engine.settings.camera("gate") == gate
    assert engine.terms[-1] == terms_from(PutCamera(gate))
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()


def test_what_a_change_was_made_from(engine: FakeEngine) -> None:
    shown = Snapshot(number=1, at_ns=1, settings=engine.settings)
    gate = engine.settings.cameras[0]
    assert terms_of(PutCamera(replace(gate, name="Other")), shown) == terms_from(PutCamera(gate))
    assert terms_of(ChangeSettings(review=ReviewSettings(gap_s=99)), shown) == terms_from(ChangeSettings(review=engine.settings.review))
    new = (PutCamera(replace(gate, id="new")), RemoveCamera(gate.id), ChangeUser("us-9", Role.OPERATOR))
    assert [terms_of(command, shown) for command in new] == [NO_TERMS] * 3 and terms_of(PutCamera(gate), None) == NO_TERMS
