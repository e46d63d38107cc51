"""After how long consoles of a site lock by themselves."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from widgets.theme import set_role
from widgets.translation import tr

USUAL_MIN = 10
_OFFERED_MIN = (2, 5, 10, 15, 30, 60)


class IdleLockChoice(QComboBox):
    """For a site that is new: some minutes that are usual, or never."""

    def __init__(self, name: str) -> None:
        """`name`: for screen readers."""
        super().__init__()
        self.setAccessibleName(name)
        for minutes in _OFFERED_MIN:
            self.addItem(tr("After {0} minutes").format(minutes), float(minutes))
        self.addItem(tr("Never"), 0.0)
        self.setCurrentIndex(self.findData(float(USUAL_MIN)))

    def minutes(self) -> float:
        """As `AccessSettings.idle_lock_min`: 0 for never."""
        return float(self.currentData())


def idle_lock_note() -> QLabel:
    """What can be seen of a console that is locked."""
    text = tr("A locked screen still shows and sounds alarms, without pictures and names. Ctrl+L locks at once.")
    note = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    set_role(note, "secondary")
    return note
