"""Plays one recorded clip; decoding happens on a worker thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QContextMenuEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from engine.model.time import seconds_to_ns
from widgets.icons import icon
from widgets.marks.empty_state import EmptyState
from widgets.playback.clip_controls import ClipControls
from widgets.playback.clip_marks import ClipMarks
from widgets.playback.clip_overlay import OVERLAY, MarkedPicture
from widgets.playback.clip_reader import ClipInfo, ClipPicture, ClipReader
from widgets.playback.clip_session import ClipSession
from widgets.playback.overlay_menu import add_overlay_choices
from widgets.playback.playhead import SPEEDS
from widgets.properties import with_properties
from widgets.theme import set_role

_BACK_S = 2.0
_VIEW, _COMPACT_VIEW = (240, 135), (160, 90)
_HEAD, _COMPACT_HEAD = (12, 8, 8, 8), (12, 0, 8, 0)


class ClipPlayer(QWidget):
    """Play, pause, scrub, step and change speed. Qt's main thread.

    Keys: Space or K pauses and plays, J goes two seconds back, L plays and, while playing, faster, comma and period show single pictures,
    Home and End jump, O shows or hides the marks, Esc closes. The menu (right button, or the menu
    key) hides the marks and repeats the clip.

    Signals:
        menu_opening(QMenu): others add what can be done with the clip.
        closed(): the user closed the player. failed(sentence): the clip could not be opened or read (also shown inside).
        position_changed(seconds): another picture is on screen.
    """

    closed = Signal()
    failed = Signal(str)
    position_changed = Signal(float)
    menu_opening = Signal(QMenu)

    def __init__(
        self, make_reader: Callable[[], ClipReader], parent: QWidget | None = None, closable: bool = True, ambient: bool = False
    ) -> None:
        """`make_reader` is called on the worker thread, once per clip. `closable`: with a title, and a way to close it. `ambient`: plays
        again and again beside other work, and takes the keyboard only when it is asked to."""
        super().__init__(parent)
        self._closable, self._ambient = closable, ambient
        self._started_ns: int | None = None
        self._session = ClipSession(make_reader, self)
        self._session.looping = ambient
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Clip player"))
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        set_role(self._title, "section")
        self._view = MarkedPicture()
        self._view.setMinimumSize(*_VIEW)
        self._loading = EmptyState("film", self.tr("Opening clip…"), "")
        self._trouble = EmptyState("circle-alert", self.tr("This clip cannot be played"), "", self.tr("Close"))
        self._controls = ClipControls()
        self._lay_out_player()
        self._connect_session()

    def _lay_out_player(self) -> None:
        self._pages = QStackedWidget()
        for page in (self._view, self._loading, self._trouble):
            self._pages.addWidget(page)
        close = with_properties(
            QToolButton(), icon=icon("x", "text"), iconSize=QSize(20, 20), toolTip=self.tr("Close (Esc)"), accessibleName=self.tr("Close")
        )
        set_role(close, "quiet")
        close.clicked.connect(self._close_clip)
        head = self._head_row = QHBoxLayout()
        head.setContentsMargins(*_HEAD)
        head.addWidget(self._title, 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = QWidget()
        self._head.setLayout(head)
        column.addWidget(self._head)
        self._head.setVisible(self._closable)
        column.addWidget(self._pages, 1)
        column.addWidget(self._controls)
        self._controls.setEnabled(False)

    def set_compact(self, compact: bool) -> None:
        """Where there is little height. The title's button closes a clip that cannot be played, too."""
        self._head_row.setContentsMargins(*(_COMPACT_HEAD if compact else _HEAD))
        self._view.setMinimumSize(*(_COMPACT_VIEW if compact else _VIEW))
        self._loading.set_compact(compact)
        self._trouble.set_compact(compact)
        self._trouble.set_action_visible(not (compact and self._closable))
        self._controls.set_compact(compact)
        self._pages.updateGeometry()  # pages that are not in front do not tell

    def _connect_session(self) -> None:
        session, controls = self._session, self._controls
        session.opened.connect(self._show_clip_info)
        session.shown.connect(self._show_picture)
        session.state_changed.connect(self._show_playing)
        session.failed.connect(self._fail)
        controls.play_toggled.connect(self._toggle)
        controls.stepped.connect(self.step)
        controls.scrubbed.connect(self.seek)
        controls.speed_chosen.connect(self.set_speed)
        self._trouble.action_requested.connect(self._close_clip)

    def _show_playing(self) -> None:
        self._controls.show_playing(self._session.playing, self._session.ended)

    def open_clip(self, path: Path, title: str, started_ns: int | None = None, from_s: float = 0.0) -> None:
        """Load and play. `started_ns`: UTC time of the first picture, for the clock beside the position. from_s: where playing begins."""
        self.show_loading(title)
        self._started_ns = started_ns
        self._session.open(path, from_s)

    def show_loading(self, title: str) -> None:
        """Say that the clip is being fetched (before `open_clip`)."""
        self._session.halt()
        self._title.setText(title)
        self._view.show_pixels(None)
        self._view.show_marks(ClipMarks())
        self._controls.setEnabled(False)
        self._controls.show()
        self._pages.setCurrentWidget(self._loading)
        if not self._ambient:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_marks(self, marks: ClipMarks) -> None:
        """Over the clip that is shown or loading; the next clip begins without."""
        self._view.show_marks(marks)

    def marks(self) -> ClipMarks:
        return self._view.marks

    def show_error(self, message: str) -> None:
        """Say why there is nothing to play."""
        self._session.halt()
        self._controls.hide()
        self._trouble.set_text(self.tr("This clip cannot be played"), message)
        self._pages.setCurrentWidget(self._trouble)

    def play(self) -> None:
        self._session.play()

    def pause(self) -> None:
        self._session.pause()

    def is_playing(self) -> bool:
        return self._session.playing

    def has_picture(self) -> bool:
        return self._pages.currentWidget() is self._view and self._view.has_picture()

    def image(self) -> QImage:
        """A copy of the picture on screen; null where there is none."""
        return self._view.image()

    def position_s(self) -> float:
        """Time of the picture on screen."""
        return self._session.position_s

    def seek(self, time_s: float) -> None:
        """Show the picture at this time and, if playing, go on from there."""
        self._session.seek(time_s)

    def step(self, pictures: int) -> None:
        """One picture forward (1) or back (-1); pauses."""
        self._session.step(pictures)

    def speed(self) -> float:
        return self._session.speed

    def set_speed(self, speed: float) -> None:
        """0.5, 1, 2 or 4; ValueError otherwise."""
        self._session.set_speed(speed)
        self._controls.show_speed(speed)

    def shutdown(self) -> None:
        """Stop and join the worker; also done when the widget closes. The player cannot be used again."""
        self._session.shutdown()

    def _show_clip_info(self, info: ClipInfo) -> None:
        self._controls.show_duration(info.duration_s)
        self._controls.setEnabled(True)
        self._pages.setCurrentWidget(self._view)

    def _show_picture(self, picture: ClipPicture) -> None:
        moment_ns = None if self._started_ns is None else self._started_ns + seconds_to_ns(picture.time_s)
        self._view.show_moment(moment_ns)
        self._view.show_pixels(picture.pixels)
        self._controls.show_position(picture.time_s, moment_ns)
        self.position_changed.emit(picture.time_s)

    def _fail(self, message: str) -> None:
        self.show_error(message)
        self.failed.emit(message)

    def _toggle(self) -> None:
        if self._session.playing:
            self.pause()
        else:
            self.play()

    def _faster(self) -> None:
        if not self._session.playing:
            self.play()
        else:
            self.set_speed(SPEEDS[min(SPEEDS.index(self.speed()) + 1, len(SPEEDS) - 1)])

    def _close_clip(self) -> None:
        self._session.halt()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._act_of(event.key())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _act_of(self, key: int) -> Callable[[], None] | None:
        """What a key does; None: nothing here."""
        end_s = self._session.info.duration_s if self._session.info else 0.0
        return {
            int(Qt.Key.Key_Space): self._toggle,
            int(Qt.Key.Key_K): self._toggle,
            int(Qt.Key.Key_J): partial(self.seek, self.position_s() - _BACK_S),
            int(Qt.Key.Key_L): self._faster,
            int(Qt.Key.Key_Comma): partial(self.step, -1),
            int(Qt.Key.Key_Period): partial(self.step, 1),
            int(Qt.Key.Key_O): OVERLAY.toggle,
            int(Qt.Key.Key_Home): partial(self.seek, 0.0),
            int(Qt.Key.Key_End): partial(self.seek, end_s),
            int(Qt.Key.Key_Escape): self._close_clip if self._closable else None,
        }.get(key)

    def menu(self) -> QMenu:
        """What can be done with the clip."""
        menu = QMenu(self)
        add_overlay_choices(menu, "O")
        menu.addSeparator()
        _add_choice(menu, self.tr("Repeat"), self._session.looping, self._repeat)
        self.menu_opening.emit(menu)
        return menu

    def _repeat(self, on: bool) -> None:
        self._session.looping = on

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shutdown()
        super().closeEvent(event)


def _add_choice(menu: QMenu, text: str, on: bool, act: Callable[[bool], None]) -> None:
    action = QAction(text, menu, checkable=True, checked=on)
    action.toggled.connect(act)
    menu.addAction(action)
