"""The gestures that are taught, each as a card with its mode."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from engine.model.people.gesture import GestureMode
from engine.model.people.view import GestureView
from widgets.gestures.gesture_takes import CARD
from widgets.gestures.gesture_words import confused_words, learned_words, mode_tip, mode_word, seen_words, shadow_words, tried_words
from widgets.icons import icon
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role


class ModeSwitch(QWidget):
    """Off, shadow, armed. Signals: chosen(GestureMode): the user asks for another one."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[GestureMode, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for mode in GestureMode:
            button = with_properties(QPushButton(mode_word(mode)), checkable=True, toolTip=plain_tip(mode_tip(mode)))
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.chosen.emit, mode))
            self._group.addButton(button)
            self._buttons[mode] = button
            row.addWidget(button)

    def show_mode(self, mode: GestureMode) -> None:
        self._buttons[mode].setChecked(True)

    def button(self, mode: GestureMode) -> QPushButton:
        return self._buttons[mode]


class GestureCard(QFrame):
    """Signals: mode_chosen(gesture id, GestureMode), remove_asked(gesture id)."""

    mode_chosen = Signal(str, object)
    remove_asked = Signal(str)

    def __init__(self, gesture_id: str, may_change: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = gesture_id
        self._on_trial = False
        self.setObjectName("gestureCard")
        self.setStyleSheet(CARD)
        self._title, self._seen, self._learned, self._shadow = (QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True) for _ in range(4))
        set_role(self._title, "section")
        set_role(self._learned, "secondary")
        self._raised = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self._raised, "secondary")
        self._tried = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        set_role(self._tried, "secondary")
        self._tried.hide()
        self._confused = Notice()
        self.modes = ModeSwitch()
        self.arm = QPushButton(icon("check", "on_accent"), self.tr("Arm"))
        set_role(self.arm, "primary")
        self.remove = with_properties(QToolButton(), icon=icon("trash-2"), toolTip=self.tr("Remove…"))
        set_role(self.remove, "quiet")
        self._lay_out_card()
        self.modes.chosen.connect(partial(self.mode_chosen.emit, gesture_id))
        self.arm.clicked.connect(partial(self.mode_chosen.emit, gesture_id, GestureMode.ARMED))
        self.remove.clicked.connect(partial(self.remove_asked.emit, gesture_id))
        for part in (self.modes, self.arm, self.remove):
            part.setEnabled(may_change)

    def _lay_out_card(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.remove)
        trial = QHBoxLayout()
        trial.addWidget(self._shadow, 1)
        trial.addWidget(self.arm)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._seen)
        column.addWidget(self._learned)
        column.addWidget(self._tried)
        column.addWidget(self._confused)
        column.addWidget(self.modes, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addLayout(trial)
        column.addWidget(self._raised)

    def show_gesture(self, gesture: GestureView, now_ns: int) -> None:
        self._title.setText(gesture.label)
        self.remove.setAccessibleName(self.tr("Remove {0}").format(gesture.label))
        self._seen.setText(f"{mode_word(gesture.mode)} · {seen_words(gesture, now_ns)}")
        self._learned.setText(learned_words(gesture))
        self._confused.set_notice(*confused_words(gesture))
        self.modes.show_mode(gesture.mode)
        on_trial = gesture.mode is GestureMode.SHADOW
        self._shadow.setText(shadow_words(gesture))
        self._shadow.setVisible(on_trial)
        self.arm.setVisible(on_trial)
        self._on_trial = on_trial
        self._raised.setVisible(on_trial and bool(self._raised.text()))

    def show_tries(self, recognised: int, tried: int) -> None:
        """How often it was recognised when it was tried."""
        self._tried.setText(tried_words(recognised, tried))
        self._tried.setVisible(tried > 0)

    def show_raised(self, lines: Sequence[str]) -> None:
        """What it would have raised of late, a line each."""
        self._raised.setText("\n".join(lines))
        self._raised.setVisible(self._on_trial and bool(lines))


class GestureList(QScrollArea):
    """Signals: mode_chosen(gesture id, GestureMode), remove_asked(gesture id)."""

    mode_chosen = Signal(str, object)
    remove_asked = Signal(str)

    def __init__(self, may_change: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_change = may_change
        self.setAccessibleName(self.tr("Gestures"))
        self._cards: dict[str, GestureCard] = {}
        self._empty = EmptyState("person-standing", self.tr("No gestures yet"), self.tr("Taught gestures appear here."))
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self._empty)
        self._column.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_gestures(self, gestures: Sequence[GestureView], now_ns: int) -> None:
        known = {gesture.id for gesture in gestures}
        for gesture_id in [gesture_id for gesture_id in self._cards if gesture_id not in known]:
            card = self._cards.pop(gesture_id)
            card.hide()
            card.deleteLater()
        for gesture in gestures:
            self.card(gesture.id).show_gesture(gesture, now_ns)
        self._empty.setVisible(not gestures)

    def card(self, gesture_id: str) -> GestureCard:
        if gesture_id not in self._cards:
            card = self._cards[gesture_id] = GestureCard(gesture_id, self._may_change)
            card.mode_chosen.connect(self.mode_chosen)
            card.remove_asked.connect(self.remove_asked)
            self._column.insertWidget(self._column.count() - 1, card)
        return self._cards[gesture_id]
