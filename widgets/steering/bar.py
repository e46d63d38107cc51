"""The line in the tile of a camera that is steered: who holds it, and what else it can do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QToolButton, QWidget

from engine.model.ptz.view import PtzView
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.steering.words import away_words, control_words, tour_words
from widgets.theme import set_role

_WIDE = 560
FOCUS_SPEED = 0.5  # of the camera's fastest


class SteeringBar(QFrame):
    """Signals: ended(); home_requested(); talk_changed(bool): the button is held down, or not any more. focus_changed(speed): from −1,
    near, to 1, far; 0: the button is let go. grown(): it wants another height."""

    focus_changed = Signal(float)
    grown = Signal()
    ended = Signal()
    home_requested = Signal()
    talk_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setAutoFillBackground(True)
        self.text = ElidedLabel(parent=self)
        self.presets = self._menu_button(self.tr("Presets"), "locate-fixed")
        self.tours = self._menu_button(self.tr("Tours"), "waypoints")
        self.outputs = self._menu_button(self.tr("Outputs"), "power")
        self.home = self._button(self.tr("Home position"), "undo-2")
        self.lens = self._button(self.tr("Lens"), "aperture")
        self.lens.setCheckable(True)
        self.talk = QPushButton(icon("mic"), self.tr("Hold to talk"), self)
        self.talk.setToolTip(plain_tip(self.tr("Talk through the camera while this button, or T, is held down")))
        self.talk.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button = self._button(self.tr("End camera control (Esc)"), "x")
        column = make_column(self, spacing=0, margins=(8, 3, 4, 3))
        column.addWidget(self.text)
        row = make_row(spacing=2)
        column.addLayout(row)
        for button in (self.presets, self.tours, self.outputs, self.home, self.lens, self.talk):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.close_button)
        on(self.talk.pressed, self.talk_changed.emit, True)
        on(self.talk.released, self.talk_changed.emit, False)
        self.lens_row = self._lens_row()
        column.addWidget(self.lens_row)
        self.lens.toggled.connect(self._show_lens)
        self.home.clicked.connect(self.home_requested)
        self.close_button.clicked.connect(self.ended)
        self.hide()

    def show_view(self, view: PtzView, own_id: str, now_ns: int) -> None:
        """Only what the camera says it has is offered."""
        parts = (control_words(view, own_id, now_ns), tour_words(view), away_words(view))
        words = " · ".join(part for part in parts if part)
        if words != self.text.text():
            self.text.setText(words)
            self.text.setToolTip(plain_tip(words))
            self.setAccessibleName(words)
        self.presets.setVisible(view.can.presets > 0)
        self.tours.setVisible(bool(view.tours))
        self.outputs.setVisible(bool(view.outputs))
        self.home.setVisible(view.can.home)
        self.talk.setVisible(view.can.talk)
        self.lens.setVisible(view.can.focus or view.can.autofocus or view.can.iris)
        self.near.setVisible(view.can.focus)
        self.far.setVisible(view.can.focus)
        self.automatic.setVisible(view.can.autofocus or view.can.iris)

    def _lens_row(self) -> QWidget:
        """Below the other buttons, as little of the picture should be covered as can be."""
        part = QWidget(self)
        row = make_row(part, spacing=4, margins=(0, 2, 0, 2))
        self.near, self.far = (
            self._focus_button(words, tip, speed)
            for words, tip, speed in (
                (self.tr("Near"), self.tr("Focus nearer while this button is held down"), -FOCUS_SPEED),
                (self.tr("Far"), self.tr("Focus farther while this button is held down"), FOCUS_SPEED),
            )
        )
        self.automatic = QPushButton(self.tr("Autofocus and iris"), self)
        self.automatic.setMenu(QMenu(self.automatic))
        self.automatic.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for button in (self.near, self.far, self.automatic):
            row.addWidget(button)
        row.addStretch()
        part.hide()
        return part

    def _focus_button(self, words: str, tip: str, speed: float) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        on(button.pressed, self.focus_changed.emit, speed)
        on(button.released, self.focus_changed.emit, 0.0)
        return button

    def _show_lens(self, shown: bool) -> None:
        self.lens_row.setVisible(shown)
        self.grown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the signs where there is room for them."""
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if event.size().width() >= _WIDE else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in (self.presets, self.tours, self.outputs, self.home, self.lens):
            button.setToolButtonStyle(style)

    def show_talking(self, talking: bool) -> None:
        self.talk.setDown(talking)
        self.talk.setText(self.tr("Talking…") if talking else self.tr("Hold to talk"))

    def _button(self, tip: str, icon_name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(icon_name))
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip)
        button.setText(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_role(button, "quiet")
        return button

    def _menu_button(self, words: str, icon_name: str) -> QToolButton:
        button = self._button(words, icon_name)
        button.setMenu(QMenu(button))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button
