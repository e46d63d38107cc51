"""What the dialogs of Atlas and of the chat share: save, or save and try, with a key that is kept, replaced or forgotten."""

from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QVBoxLayout
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.trying import TryingDialog
from engine.model.errors import InputError
from engine.model.history.chat import ChangeChat, ChatSettings
from tests.fakes.engine import FakeEngine


@dataclass
class Tried:
    times: int = 0


class Dialog(TryingDialog):
    def __init__(self, bridge: EngineBridge, tried: Tried) -> None:
        super().__init__(bridge, "Try")
        self.on, self._tried_times = True, tried
        holder = QVBoxLayout()
        for part in (self.key, self.forget, self.outcome):
            holder.addWidget(part)
        self.body.addLayout(holder)
        self.add_save("&Save")

    def is_on(self) -> bool:
        return self.on

    def settings(self) -> ChatSettings:
        return ChatSettings()

    def command(self) -> ChangeChat:
        return ChangeChat(self.settings(), self.given_key())

    def try_it(self) -> str:
        self._tried_times.times += 1
        return "Asking…"


@pytest.fixture
def tried() -> Tried:
    return Tried()


@pytest.fixture
def dialog(bridge: EngineBridge, tried: Tried, qtbot: QtBot) -> Dialog:
    made = Dialog(bridge, tried)
    qtbot.addWidget(made)
    made.show()
    return made


def keys(engine: FakeEngine) -> list[str | None]:
    return [each.key for each in engine.commands if isinstance(each, ChangeChat)]


def test_saving_closes_and_trying_stays_and_says_what_came(dialog: Dialog, tried: Tried, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.key.set_value("sk-1")
    dialog.test.click()
    qtbot.waitUntil(lambda: tried.times == 1)
    assert dialog.isVisible() and dialog.busy and not dialog.test.isEnabled() and dialog.key.value() == "", "a key is sent once"
    dialog.tried("It answered.", "good")
    assert not dialog.busy and dialog.test.isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert keys(engine) == ["sk-1", None], "what is stored stays"


def test_a_key_is_forgotten_when_that_is_ticked_also_beside_a_wrong_one(dialog: Dialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.key.set_value("with a space")
    assert not dialog.is_valid() and not dialog.test.isEnabled()
    dialog.forget.setChecked(True)
    assert dialog.is_valid() and not dialog.key.isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: keys(engine) == [""])


def test_what_is_refused_is_not_tried(dialog: Dialog, tried: Tried, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("command", InputError("key", "is not one of theirs"))
    dialog.test.click()
    qtbot.waitUntil(lambda: "not one of theirs" in dialog.key.message())
    assert not dialog.busy
    dialog.key.set_value("sk-2")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert tried.times == 0, "saving after a refused trial only saves"


def test_there_is_nothing_to_try_while_it_is_off(dialog: Dialog) -> None:
    dialog.on = False
    dialog.refresh()
    assert not dialog.test.isEnabled() and dialog.save.isEnabled()
