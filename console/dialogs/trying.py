"""A dialog whose settings are saved, or saved and tried at once, with a key that is kept in the secret store: of Atlas, and of the chat."""

from abc import abstractmethod
from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.words import error_text, sentence
from engine.model.errors import InputError, WatchroomError
from widgets.engine_text import translate_engine_text
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.marks.notice import Notice
from widgets.translation import tr

_LONGEST_KEY = 500


class TryingDialog(SavingDialog):
    """`key`, `forget`, `outcome` and `test` are there for `_build` to be put in place; `outcome` says what trying came to."""

    def __init__(self, bridge: EngineBridge, title: str, lead: str = "", width: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(bridge, title, lead, width, parent)
        self._then_test = False
        self._before: Any = None
        self.key = PasswordField(tr("&Key"), _key_trouble)
        self.key.validity_changed.connect(self.refresh)
        self.key.submitted.connect(self.submit)
        self.forget = QCheckBox(tr("Delete the stored ke&y"))
        self.forget.toggled.connect(self._forget_toggled)
        self.outcome = Notice()
        self.test = self.add_button(tr("Save and &test"), at_left=True)
        self.test.setIcon(icon("refresh-cw"))
        self.test.clicked.connect(self._save_and_test)

    @abstractmethod
    def is_on(self) -> bool:
        """Whether there is anything to try."""

    @abstractmethod
    def settings(self) -> Any:
        """What is typed. Raises InputError."""

    @abstractmethod
    def try_it(self) -> str:
        """Begin to; `tried` or `show_test_error` is called once that ended. What to say meanwhile."""

    def given_key(self) -> str | None:
        """None: what is stored stays; empty: it is forgotten."""
        return "" if self.forget.isChecked() else self.key.value() or None

    def is_valid(self) -> bool:
        return super().is_valid() and (self.key.is_valid() or self.forget.isChecked())

    def refresh(self) -> None:
        super().refresh()
        if hasattr(self, "save"):
            self.test.setEnabled(self.is_valid() and self.is_on() and not self.busy)

    def show_refusal(self, error: WatchroomError) -> None:
        self._then_test = False
        if isinstance(error, InputError) and error.field.rsplit(".", 1)[-1] == "key":
            self.set_busy(False)
            self.key.show_error(sentence(tr("The key {0}").format(translate_engine_text(error.message))))
            return
        super().show_refusal(error)

    def done_with(self, outcome: str) -> None:
        if not self._then_test:
            self.accept()
            return
        self._then_test = False
        self._before = self.settings()
        self.key.set_value("")
        self.forget.setChecked(False)
        self.mark_saved()
        self.set_busy(True)
        self.outcome.set_notice(self.try_it(), "neutral")

    def tried(self, text: str, level: str) -> None:
        self.set_busy(False)
        self.outcome.set_notice(text, level)

    def show_test_error(self, error: WatchroomError) -> None:
        self.tried(error_text(error), "critical")

    def _forget_toggled(self, on: bool) -> None:
        """A key that is forgotten need not be right."""
        self.key.setEnabled(not on)
        self.refresh()

    def _save_and_test(self) -> None:
        self._then_test = True
        self.submit()


def _key_trouble(text: str) -> str:
    plain = all(33 <= ord(sign) < 127 for sign in text) and len(text) <= _LONGEST_KEY
    return "" if plain else tr("Use 1 to 500 ASCII characters without spaces.")
