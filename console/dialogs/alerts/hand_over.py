"""Handing over to the next shift: a note is written, shown to whoever comes next, and read again later."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPlainTextEdit, QScrollArea, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.alerts.shift_briefing import ask_briefing, save_handover
from console.dialogs.frame import FramedDialog
from engine.model.accounts.handover import LONGEST_TEXT, Handover, LeftKind, ListHandovers, OpenItem, ReadHandover, WriteHandover
from engine.model.errors import WatchroomError
from engine.model.event import EventKind, Severity
from engine.model.health import CameraState
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.chat.briefing_view import BriefingView
from widgets.incidents.incident_words import category_word
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.empty_state import EmptyState
from widgets.signals import on
from widgets.theme import set_role, severity_word
from widgets.time_text import clock_text
from widgets.translation import tr
from widgets.words import kind_word

_MOST_LINES = 12
_SIZE = QSize(720, 680)  # pixels; what is longer scrolls
_ID = Qt.ItemDataRole.UserRole


class HandOverDialog(FramedDialog):
    """`accepted` once it is written.

    Signals: cited(Citation): what a line of the briefing rests on was clicked.
    """

    cited = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("The next operator sees this note at sign-in. Open alerts are included automatically.")
        super().__init__(tr("Hand over"), lead, parent=parent)
        self.resize(_SIZE)
        self._bridge, self._busy = bridge, False
        self.text = QPlainTextEdit(self)
        self.text.setPlaceholderText(self.tr("Information for the next shift"))
        self.text.setAccessibleName(self.tr("Note for the next shift"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(140)
        self.text.textChanged.connect(self._show_ready)
        self.open_now = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.open_now, "secondary")
        self.body.addWidget(self.text)
        self.body.addWidget(self.open_now)
        self.briefing = _briefing_view(bridge, self)
        self.briefing.cited.connect(self.cited)
        self.body.addWidget(_scrolling(self.briefing), 1)
        self.add_cancel()
        self.button = self.add_button(self.tr("&Hand over"), "primary")
        self.button.clicked.connect(self.submit)
        if bridge.snapshot is not None:
            self.open_now.setText(self.tr("Included: {0}").format(_open_text(bridge.snapshot)))
        ask_briefing(bridge, self.briefing)
        self._show_ready()

    def submit(self) -> None:
        if self._busy or not self.button.isEnabled():
            return
        self._busy = True
        self._show_ready()
        self._bridge.tell(WriteHandover(self.text.toPlainText().strip()), self.accept, self._show_handover_error, owner=self)

    def _show_handover_error(self, error: WatchroomError) -> None:
        self._busy = False
        self._show_ready()
        self.show_error(error)

    def _show_ready(self) -> None:
        over = len(self.text.toPlainText()) - LONGEST_TEXT
        self.show_trouble(self.tr("{0} characters too many.").format(over) if over > 0 else "")
        self.button.setEnabled(over <= 0 and not self._busy)


class HandoverView(QWidget):
    """One hand-over, whole."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self.briefing = bridge, _briefing_view(bridge, self)
        self._head, self.text, self.left, self._read = (_label(role) for role in ("secondary", "", "", "secondary"))
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        column = make_column(self, spacing=12, margins=NO_MARGINS)
        for label in (self._head, self.text, self.left, self._read):
            column.addWidget(label)
        column.addWidget(self.briefing)
        column.addStretch(1)

    def show_handover(self, handover: Handover, settings: Settings, site: str = "") -> None:
        """`site`: where it was written, where there are several."""
        ask_briefing(self._bridge, self.briefing, handover.id)
        self._head.setText("\n".join(filter(None, (site, head_text(handover)))))
        self.text.setText(handover.text or tr("No note."))
        self.left.setText("\n".join((tr("Open at hand-over:"), *left_lines(handover, settings))))
        self.left.setVisible(bool(handover.left))
        self._read.setText(tr("Read by {0}.").format(", ".join(f"{read.by}, {clock_text(read.at_ns)}" for read in handover.read)))
        self._read.setVisible(bool(handover.read))

    def export(self, dialog: FramedDialog) -> None:
        labels = (self._head, self.text, self.left, self._read)
        save_handover(dialog, "\n".join(label.text() for label in labels if not label.isHidden()), self.briefing.briefings)


class HandoverDialog(FramedDialog):
    """What the shift before left. It goes away with “Read”, and is shown to nobody then.

    Signals: cited(Citation): see HandOverDialog.
    """

    cited = Signal(object)

    def __init__(self, bridge: EngineBridge, handover: Handover, parent: QWidget | None = None) -> None:
        super().__init__(tr("From the previous shift"), parent=parent)
        self.resize(_SIZE)
        self._bridge, self.handover = bridge, handover
        self.view = HandoverView(bridge, self)
        self.view.briefing.cited.connect(self.cited)
        if bridge.snapshot is not None:
            self.view.show_handover(handover, bridge.snapshot.settings, bridge.site_of(handover.id))
        self.body.addWidget(_scrolling(self.view), 1)
        self.export = self.add_button(self.tr("&Export…"), at_left=True)
        on(self.export.clicked, self.view.export, self)
        self.add_cancel(self.tr("&Later"))
        self.button = self.add_button(self.tr("&Read"), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._mark_as_read)

    def _mark_as_read(self) -> None:
        self.button.setEnabled(False)
        self._bridge.tell(ReadHandover(self.handover.id), self.accept, self._show_read_error, owner=self)

    def _show_read_error(self, error: WatchroomError) -> None:
        self.button.setEnabled(True)
        self.show_error(error)


class HandoversDialog(FramedDialog):
    """All there were, newest first.

    Signals: cited(Citation): see HandOverDialog.
    """

    cited = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(tr("Hand-overs"), parent=parent)
        self.resize(1040, 680)
        self._bridge = bridge
        self._all: dict[str, Handover] = {}
        self.list = QListWidget(self)
        self.list.setFixedWidth(260)
        self.list.setAccessibleName(self.tr("Hand-overs, newest first"))
        self.view = HandoverView(bridge, self)
        self.view.briefing.cited.connect(self.cited)
        scroll = _scrolling(self.view)
        how = self.tr("“Hand over…” is in the account menu at the foot of the window.")
        self.none = EmptyState("message-square", self.tr("No hand-overs yet"), how, parent=self)
        self.none.hide()
        across = QHBoxLayout()
        across.addWidget(self.list)
        self._told = scroll
        across.addWidget(scroll, 1)
        self.body.addWidget(self.none, 1)
        self.body.addLayout(across)
        self.list.currentItemChanged.connect(self._show_selected)
        self.export = self.add_button(self.tr("&Export…"), at_left=True)
        on(self.export.clicked, self.view.export, self)
        self.add_cancel(self.tr("Cl&ose"))
        bridge.ask(ListHandovers(200), self._show_handovers, self.show_error, owner=self)

    def _show_handovers(self, handovers: tuple[Handover, ...]) -> None:
        self._all = {handover.id: handover for handover in handovers}
        self.none.setVisible(not handovers)
        for part in (self.list, self._told, self.export):
            part.setVisible(bool(handovers))
        for handover in handovers:
            site = self._bridge.site_of(handover.id)
            item = QListWidgetItem(f"{clock_text(handover.at_ns)}  {handover.by}" + (f"  {site}" if site else ""))
            item.setData(_ID, handover.id)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _show_selected(self) -> None:
        item, snapshot = self.list.currentItem(), self._bridge.snapshot
        if item is not None and snapshot is not None:
            handover = self._all[item.data(_ID)]
            self.view.show_handover(handover, snapshot.settings, self._bridge.site_of(handover.id))


def offer_unread(bridge: EngineBridge, parent: QWidget, show: Callable[[Handover], None]) -> None:
    """Ask once whether the shift before left something, at each site; where that cannot be asked now it is no reason to disturb anybody."""
    for key in [site.key for site in bridge.sites] or [""]:
        bridge.ask_at(key, ListHandovers(1, unread=True), lambda answer: _first(answer, show), ignore_answer, owner=parent)


def _first(handovers: tuple[Handover, ...], show: Callable[[Handover], None]) -> None:
    if handovers:
        show(handovers[0])


def head_text(handover: Handover) -> str:
    said = tr("{0}, {1}").format(handover.by, clock_text(handover.at_ns))
    if handover.since_ns is None:
        return said
    since = clock_text(handover.since_ns)
    return f"{said}\n" + tr("Since {0}: {1} alerts raised, {2} of them closed").format(since, handover.raised, handover.closed)


def left_lines(handover: Handover, settings: Settings) -> list[str]:
    """What was open then, gravest first; cameras that showed nothing last."""
    left = sorted(handover.left, key=lambda each: (-each.severity, each.at_ns))
    lines = [f"• {_left_text(each, settings)}" for each in left[:_MOST_LINES]]
    more = max(0, len(left) - _MOST_LINES) + handover.more
    return [*lines, tr("and {0} more").format(more)] if more > 0 else lines


def _left_text(left: OpenItem, settings: Settings) -> str:
    camera = settings.camera(left.camera_id)
    where = camera.name if camera is not None else left.camera_id
    since = clock_text(left.at_ns)
    if left.kind is LeftKind.CAMERA:
        return tr("{0} has had no picture since {1}. {2}").format(where, since, left.what).strip()
    what = _what(left)
    said = f"{severity_word(Severity(left.severity))}: {what}{f', {where}' if where else ''}, {since}"
    return tr("{0} (acknowledged)").format(said) if left.acknowledged else said


def _what(left: OpenItem) -> str:
    """What a newer engine wrote is shown as it wrote it."""
    try:
        return kind_word(EventKind(left.what)) if left.kind is LeftKind.ALERT else category_word(left.what)
    except ValueError:
        return left.what


def _open_text(snapshot: Snapshot) -> str:
    down = sum(view.settings.enabled and view.health.state in (CameraState.LOST, CameraState.CONNECTING) for view in snapshot.cameras)
    alerts, incidents = len(snapshot.alerts.alerts), len(snapshot.incidents.incidents)
    counts = (
        (alerts, tr("one open alert"), tr("{0} open alerts")),
        (incidents, tr("one open incident"), tr("{0} open incidents")),
        (down, tr("one camera down"), tr("{0} cameras down")),
    )
    return ", ".join(one if count == 1 else many.format(count) for count, one, many in counts if count) or tr("no open items")


def _briefing_view(bridge: EngineBridge, parent: QWidget) -> BriefingView:
    cameras = () if bridge.snapshot is None else bridge.snapshot.settings.cameras
    return BriefingView({camera.id: camera.name for camera in cameras}, parent)


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def _label(role: str) -> QLabel:
    label = QLabel(textFormat=Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        set_role(label, role)
    return label
