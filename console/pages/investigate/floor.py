"""The floor as it was at the moment that is shown, out of a replay; marked as such, so that nobody takes it for now."""

from datetime import tzinfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QStackedWidget, QWidget

from engine.model.history.replay import ReplaySession, ReplayState
from engine.model.snapshot import Snapshot
from widgets.fields.marked import marked
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.look import scaled
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notices
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.space.build import scene_of
from widgets.space.canvas import SpaceCanvas
from widgets.space.plan.plan import FloorPlan
from widgets.space.views import solid_view
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

_LOW = 230  # pixels that the whole sentence needs
_MARK = (
    "#replay { background: palette(highlight); border-radius: 4px; } #replay QLabel { color: palette(highlighted-text); font-weight: 600; }"
)


class ReplayFloor(QWidget):
    """UI thread. Signals: start_wanted(); stop_wanted(); why_wanted(id, Snapshot): why somebody is there, on the picture that is shown."""

    start_wanted = Signal()
    stop_wanted = Signal()
    why_wanted = Signal(str, object)

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Snapshot | None = None
        self._zone = zone
        self._view: SpaceCanvas | None = None
        self.empty = EmptyState("rotate-3d", tr("Floor at this moment"), tr(_HOW), tr("Replay from here"))
        self.mark = QFrame()
        self.mark.setObjectName("replay")
        self.mark.setStyleSheet(_MARK)
        self.when = ElidedLabel()
        self.stop_button = with_properties(
            QPushButton(icon("x"), tr("End")), toolTip=plain_tip(tr("End replay")), accessibleName=tr("End replay")
        )
        self.progress = QProgressBar()
        self.notices = Notices()
        self._build_mark()

    def _build_mark(self) -> None:
        word = QLabel(tr("REPLAY"))
        row = make_row(self.mark, margins=(8, 2, 8, 2))
        row.addWidget(word)
        self.head = QWidget()
        head = make_row(self.head, spacing=8, margins=NO_MARGINS)
        head.addWidget(self.mark)
        head.addWidget(self.when, 1)
        head.addWidget(self.stop_button)
        set_role(self.stop_button, "quiet")
        self.stop_button.setIconSize(QSize(16, 16))
        self.progress.setRange(0, 0)
        self.shown = QStackedWidget()
        self.shown.setMinimumHeight(80)  # what is said of it is shorter in a low window
        self.shown.addWidget(self.empty)
        column = make_column(self, spacing=6, margins=NO_MARGINS)
        column.addWidget(self.head)
        column.addWidget(self.progress)
        column.addWidget(self.notices)
        column.addWidget(self.shown, 1)
        self.empty.action_requested.connect(self.start_wanted)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.show_session(None, False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window one line says what it is."""
        super().resizeEvent(event)
        low = event.size().height() < scaled(_LOW)
        self.empty.set_compact(low)
        self.empty.set_text(*((tr("Who was where at this time"), "") if low else (tr("Floor at this moment"), tr(_HOW))))

    def show_session(self, session: ReplaySession | None, starting: bool) -> None:
        """None and not starting: none goes on."""
        on = session is not None or starting
        preparing = starting or (session is not None and session.state is ReplayState.PREPARING)
        self.head.setVisible(on)
        self.progress.setVisible(preparing)
        self.empty.set_action_visible(not on)
        if preparing:
            self.when.setText(tr("Preparing the replay…"))
        missing = () if session is None else tuple((text, "moderate") for text in session.missing)
        trouble = ((session.trouble, "critical"),) if session is not None and session.trouble else ()
        self.notices.set_notices((*trouble, *missing))
        if not on:
            self.shown.setCurrentWidget(self.empty)
            self.when.setText("")

    def show_picture(self, picture: Snapshot) -> None:
        """A snapshot of then."""
        self._picture = picture
        view = self._view or self._make_view()
        view.set_scene(scene_of(picture))
        self.when.setText(clock_text(picture.at_ns, picture.at_ns, self._zone))
        self.shown.setCurrentWidget(view)

    def view(self) -> SpaceCanvas | None:
        return self._view

    def show_trouble(self, text: str) -> None:
        self.notices.set_notices(((text, "critical"),) if text else ())

    def _make_view(self) -> SpaceCanvas:
        self._view = view = solid_view(self).view or FloorPlan(self)
        view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        view.person_chosen.connect(self._ask_why_there)
        self.shown.addWidget(view)
        return view

    def _ask_why_there(self, person_id: str) -> None:
        if person_id and self._picture is not None:
            self.why_wanted.emit(person_id, self._picture)


_HOW = marked(
    "Runs the recorded observations through the engine again, beside the live one, and shows who was where at the time of this page."
)
