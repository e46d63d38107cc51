"""Says on the Investigate page why there may be no video, and leads to where that is changed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.pages.investigate.words import recording_words, recording_words_of_sites
from engine.model.snapshot import Snapshot
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.notice import Notice
from widgets.theme import set_role
from widgets.translation import tr


class RecordingNotice(QWidget):
    """Hidden while everything is recorded. Signals: wanted(): the settings of recording."""

    wanted = Signal()

    def __init__(self, may_change: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_change, self._text, self._room = may_change, "", True
        self.notice = Notice(level="neutral")
        self.button = QPushButton(tr("Recording settings…"))
        set_role(self.button, "link")
        row = make_row(self, spacing=8, margins=NO_MARGINS)
        row.addWidget(self.notice, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button)
        self.button.setVisible(may_change)
        self.button.clicked.connect(self.wanted)
        self.hide()

    def show_recording(self, snapshot: Snapshot) -> None:
        sites = {site.name: site.settings for site in snapshot.sites if site.settings is not None}
        text = recording_words_of_sites(sites) if len(sites) > 1 else recording_words(snapshot.settings)
        if text and not self._may_change:
            text = f"{text} {tr('An administrator can turn it on.')}"
        self.notice.set_notice(text, "neutral")
        self._text = text
        self._fit()

    def set_room(self, room: bool) -> None:
        """Whether there is room for it: in a low window results come first, and the pictures say themselves that they are missing."""
        self._room = room
        self._fit()

    def _fit(self) -> None:
        self.setVisible(bool(self._text) and self._room)
