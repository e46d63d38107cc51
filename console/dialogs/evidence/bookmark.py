"""A note on a moment, or on a stretch of time."""

from datetime import tzinfo

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.history.timeline import LONGEST_NOTE, Bookmark, PutBookmark
from widgets.marks.plain_tip import plain_tip
from widgets.timeline.timeline_words import stretch_text


class BookmarkDialog(SavingDialog):
    """`bookmark` None: a new one at `at_ns`; with `stretch` it may be put on all of that instead. `camera_id`: it
    is on that camera alone; empty: on all."""

    def __init__(
        self,
        bridge: EngineBridge,
        at_ns: int,
        when: str,
        zone: tzinfo | None,
        bookmark: Bookmark | None = None,
        stretch: tuple[int, int] | None = None,
        camera_id: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(bridge, self.tr("Edit bookmark") if bookmark else self.tr("Add bookmark"), when, width=460, parent=parent)
        self._at_ns, self._bookmark, self._stretch, self._camera_id = at_ns, bookmark, stretch, camera_id
        self.note = QPlainTextEdit(bookmark.note if bookmark else "")
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(96)
        self.note.textChanged.connect(self.refresh)
        self.whole = QCheckBox(self.tr("For the selection"))
        self.add_labelled(self.tr("&Note"), self.note)
        self.body.addWidget(self.whole)
        self.whole.setVisible(bookmark is None and stretch is not None)
        if stretch is not None:
            self.whole.setToolTip(plain_tip(stretch_text(*stretch, zone)))
        self.add_save(self.tr("&Save") if bookmark else self.tr("&Add"))
        self.note.setFocus()

    def is_valid(self) -> bool:
        return 0 < len(self.note.toPlainText().strip()) <= LONGEST_NOTE

    def command(self) -> PutBookmark:
        note = self.note.toPlainText().strip()
        if self._bookmark is not None:
            known = self._bookmark
            return PutBookmark(known.at_ns, note, known.until_ns, known.camera_id, known.id)
        if self.whole.isChecked() and self._stretch is not None:
            return PutBookmark(self._stretch[0], note, self._stretch[1], self._camera_id)
        return PutBookmark(self._at_ns, note, None, self._camera_id)
