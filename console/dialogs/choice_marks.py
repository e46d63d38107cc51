"""Which choices of a dialog the user has changed by hand, and not put back."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QRadioButton, QWidget
from shiboken6 import isValid

from widgets.signals import on

Choice = QComboBox | QCheckBox | QRadioButton


class ChoiceMarks:
    """UI thread. What the program sets is no change: only Qt's signals of the user's own hand count."""

    def __init__(self) -> None:
        self._before: dict[Choice, object] = {}
        self._touched: set[Choice] = set()
        self._excluded: set[Choice] = set()

    def exclude(self, choice: Choice) -> None:
        """Before the dialog is shown: whatever is chosen there is no change."""
        self._excluded.add(choice)

    def accept_all(self) -> None:
        """What is chosen now is where changes are counted from."""
        self._touched.clear()
        self._before = {choice: _value(choice) for choice in self._before if isValid(choice)}

    def watch(self, dialog: QWidget) -> None:
        """What is in it by now, as it stands."""
        choices: list[Choice] = [*dialog.findChildren(QComboBox), *dialog.findChildren(QCheckBox), *dialog.findChildren(QRadioButton)]
        for choice in choices:
            if choice not in self._before and choice not in self._excluded:
                self._before[choice] = _value(choice)
                on(choice.activated if isinstance(choice, QComboBox) else choice.clicked, self._touched.add, choice)

    def changed(self) -> bool:
        return any(isValid(choice) and _value(choice) != self._before[choice] for choice in self._touched)


def _value(choice: Choice) -> object:
    return choice.currentText() if isinstance(choice, QComboBox) else choice.isChecked()
