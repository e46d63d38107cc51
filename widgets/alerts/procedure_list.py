"""What the operator does, step by step, to be ticked off."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.theme import set_role


class ProcedureList(QWidget):
    """Signals: ticked(number, done): by the operator."""

    ticked = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[str, ...] = ()
        self.boxes: list[QCheckBox] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_steps(self, owner: str, steps: tuple[str, ...], done: tuple[int, ...], enabled: bool) -> None:
        """`owner`: whose steps they are; those of another begin anew."""
        key = (owner, *steps)
        if key != self._steps:
            self._steps = key
            self._build_steps(steps)
        for number, box in enumerate(self.boxes):
            if box.isChecked() != (number in done):
                box.blockSignals(True)
                box.setChecked(number in done)
                box.blockSignals(False)
            box.setEnabled(enabled)

    def _build_steps(self, steps: tuple[str, ...]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.boxes = [self._add_step(number, text) for number, text in enumerate(steps)]

    def _add_step(self, number: int, text: str) -> QCheckBox:
        """The words beside the box wrap, which those of a box do not."""
        holder = QWidget()
        box = QCheckBox(f"{number + 1}.")
        box.setAccessibleName(self.tr("Step {0}, {1}").format(number + 1, text))
        box.toggled.connect(partial(self.ticked.emit, number))
        words = _Words(text, box)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(box)
        row.addWidget(words, 1)
        self._column.addWidget(holder)
        return box


class _Words(QLabel):
    """A click on them is one on the box."""

    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text, wordWrap=True)
        self._box = box
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        box.toggled.connect(self._show_done)

    def _show_done(self, done: bool) -> None:
        set_role(self, "secondary" if done else "")

    def mouseReleaseEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if self._box.isEnabled():
            self._box.toggle()
