"""The row above the review that narrows it down."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from widgets.fields.choices import replace_choices
from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon
from widgets.properties import with_properties
from widgets.theme import set_role


class ReviewBar(QWidget):
    """Signals: changed(): another choice. all_reviewed(): mark all that is shown."""

    changed = Signal()
    all_reviewed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self.camera = with_properties(ElidedCombo(), accessibleName=self.tr("Filter review items by camera"))
        self.camera.addItem(self.tr("All cameras"), None)
        self.camera.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.camera.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.camera.setMinimumContentsLength(12)  # "All cameras"
        self.unreviewed = with_properties(QToolButton(), text=self.tr("Unreviewed"), checkable=True)
        self.unreviewed.setToolTip(self.tr("Show only what you have not reviewed yet"))
        self.mark_all = with_properties(QToolButton(), icon=icon("circle-check"), toolTip=self.tr("Mark all as reviewed"))
        self.mark_all.setAccessibleName(self.tr("Mark all as reviewed"))
        set_role(self.mark_all, "quiet")
        marks = QHBoxLayout()
        marks.setSpacing(8)
        marks.addWidget(self.unreviewed)
        marks.addStretch()
        marks.addWidget(self.mark_all)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 8)
        self._rows.setSpacing(8)
        self._rows.addWidget(self.camera, 1)
        self._rows.addLayout(marks)
        self.camera.currentIndexChanged.connect(self.changed)
        self.unreviewed.toggled.connect(self.changed)
        self.mark_all.clicked.connect(self.all_reviewed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In two rows where the camera's box would be cut, as with large text."""
        super().resizeEvent(event)
        beside = self.unreviewed.sizeHint().width() + self.mark_all.sizeHint().width() + 16
        fits = event.size().width() - beside >= self.camera.sizeHint().width()
        direction = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if direction != self._rows.direction():
            self._rows.setDirection(direction)
            self.updateGeometry()  # its height is another

    def set_cameras(self, names: Mapping[str, str]) -> None:
        if names != self._names:
            self._names = dict(names)
            if replace_choices(self.camera, names):
                self.changed.emit()

    def camera_id(self) -> str:
        return self.camera.currentData() or ""

    def restore_unreviewed(self, on: bool) -> None:
        """As it was left."""
        with QSignalBlocker(self.unreviewed):
            self.unreviewed.setChecked(on)

    def clear(self) -> None:
        self.camera.setCurrentIndex(0)
        self.unreviewed.setChecked(False)
