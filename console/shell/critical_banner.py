"""A critical alert over any dialog: what and where it is, and how to acknowledge it or go to it without losing the dialog.

It is a part of the dialog itself, as a window of its own is blocked by a modal one, and may lie anywhere on some desktops. It stands above
what the dialog says and covers none of it.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QLabel, QPushButton, QWidget

from console.actions.alert_actions import AlertActions
from console.bridge import EngineBridge
from console.words import permit, place_names
from engine.model.accounts.access import Verb
from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import Severity
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.alerts.alert_words import alert_place, alert_title
from widgets.layout.boxes import make_column, make_row
from widgets.layout.head_row import HeadRow
from widgets.layout.room_above import RoomAbove
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.marks.severity_mark import SeverityMark
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.theme import set_role
from widgets.time_text import relative_text
from widgets.translation import tr

_WORDS = 220  # pixels at least, before the buttons stand below
ACKNOWLEDGE_KEYS, SHOW_KEYS = "Ctrl+Shift+A", "Ctrl+Shift+S"


def unacknowledged_critical(snapshot: Snapshot, user: UserRef) -> tuple[Alert, ...]:
    """Newest first; without those that this user has opened: a dialog may be about one of them."""
    new = [each for each in snapshot.alerts.alerts if each.state is AlertState.NEW and not each.is_seen_by(user)]
    found = [each for each in new if each.severity is Severity.CRITICAL]
    return tuple(sorted((each for each in found if not each.shelved(snapshot.at_ns)), key=_age, reverse=True))


def _age(alert: Alert) -> tuple[int, str]:
    return alert.raised_ns, alert.id


class CriticalBanner(QFrame):
    """UI thread. Stands along the upper edge of a dialog, whose own content makes room below it; takes no focus by itself.

    Signals: acknowledge_wanted(); show_wanted(); dismissed(): it goes, and the alert stays as it is;
    covered(): another dialog has opened over this one, or this one is put aside.
    """

    acknowledge_wanted = Signal()
    show_wanted = Signal()
    dismissed = Signal()
    covered = Signal()

    def __init__(self, bridge: EngineBridge, over: QWidget) -> None:
        super().__init__(over)
        self.over = over
        self._room = RoomAbove(over)
        set_role(self, "alarm")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.mark = SeverityMark()
        self.title, self.where = (QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(2))
        self.title.setMinimumWidth(scaled(_WORDS))
        set_role(self.title, "section")
        self.acknowledge = QPushButton(tr("Acknowledge"))
        self.show_button = QPushButton(tr("Show"))
        self.later = QPushButton(tr("Later"))
        set_role(self.acknowledge, "primary")
        permit(self.acknowledge, bridge.session, Verb.ACKNOWLEDGE, tr("Acknowledge the alert ({0})").format(ACKNOWLEDGE_KEYS))
        self.show_button.setToolTip(plain_tip(tr("Go to the alert; the dialog is kept ({0})").format(SHOW_KEYS)))
        for button in (self.acknowledge, self.show_button, self.later):
            button.setAutoDefault(False)
        self._lay_out_banner()
        on(self.acknowledge.clicked, self.acknowledge_wanted.emit)
        on(self.show_button.clicked, self.show_wanted.emit)
        on(self.later.clicked, self.dismissed.emit)
        for keys, button in ((ACKNOWLEDGE_KEYS, self.acknowledge), (SHOW_KEYS, self.show_button)):
            on(QShortcut(QKeySequence(keys), self).activated, button.click)
        over.installEventFilter(self)

    def _lay_out_banner(self) -> None:
        head = make_row(spacing=10)
        head.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        words = make_column(spacing=2)
        words.addWidget(self.title)
        words.addWidget(self.where)
        head.addLayout(words, 1)
        buttons = (self.acknowledge, self.show_button, self.later)
        column = make_column(self, margins=(16, 10, 16, 10))
        column.addLayout(HeadRow(head, *buttons, centred=True))

    def show_alert(self, alert: Alert, where: str, more: int, can_show: bool) -> None:
        """`more`: other critical ones. `can_show`: the dialog can be put aside."""
        self.mark.show_severity(alert.severity)
        others = tr(" and {0} more").format(more) if more else ""
        self.title.setText(tr("Critical: {0}{1}").format(alert_title(alert), others))
        self.where.setText(where)
        self.where.setVisible(bool(where))
        self.show_button.setVisible(can_show)
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(where)
        self.lie_on_top()

    def announce(self) -> None:
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def lie_on_top(self) -> None:
        wide = self.over.width()
        high = self.heightForWidth(wide)
        self._room.take(high)
        self.setGeometry(0, 0, wide, high)
        self.raise_()

    def leave(self) -> None:
        """The dialog is as it was before."""
        self.over.removeEventFilter(self)
        self.hide()
        self._room.take(0)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.over:
            if event.type() is QEvent.Type.Resize:
                self.lie_on_top()
            elif event.type() in (QEvent.Type.WindowBlocked, QEvent.Type.Hide):
                self.covered.emit()
        return False


class ReturnBar(QFrame):
    """A line of the window's own, while a dialog is put aside: it covers nothing. Signals: back_wanted()."""

    back_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        set_role(self, "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = QPushButton()
        self.back.setAutoDefault(False)
        set_role(self.back, "primary")
        make_row(self, margins=(12, 2, 12, 2)).addWidget(self.back, alignment=Qt.AlignmentFlag.AlignHCenter)
        on(self.back.clicked, self.back_wanted.emit)
        self.hide()

    def offer(self, title: str) -> None:
        self.back.setText(tr("Back to “{0}”").format(title))
        self.show()


class CriticalAlerts(QObject):
    """UI thread. Puts a banner into whatever modal dialog is open while a critical alert is new.

    Args:
        visit: brings an alert on screen. locked: nothing is shown while the console is locked.
    """

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        toasts: ToastArea,
        window: QWidget,
        visit: Callable[[str], None],
        locked: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._bridge, self._clock, self._visit, self._locked = bridge, clock, visit, locked
        self._act = AlertActions(bridge, toasts, clock, window)
        self._dismissed: frozenset[str] = frozenset()
        self._shown: Alert | None = None
        self._aside: list[QDialog] = []
        self.banner: CriticalBanner | None = None
        self.bar = ReturnBar(window)
        self.bar.back_wanted.connect(self.bring_back)
        bridge.snapshot_changed.connect(self.show_snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        critical = unacknowledged_critical(snapshot, self._act.user)
        self._dismissed &= frozenset(each.id for each in critical)
        wanted = tuple(each for each in critical if each.id not in self._dismissed)
        over = QApplication.activeModalWidget()
        if over is None or not wanted or self._locked():
            self._remove_banner()
            return
        is_news = self.banner is None or self._shown is None or self._shown.id != wanted[0].id
        if self.banner is None or self.banner.over is not over:
            self._remove_banner()
            self.banner = self._make_banner(over)
        self._shown = wanted[0]
        self.banner.show_alert(wanted[0], self._where(wanted[0], snapshot), len(wanted) - 1, _can_be_put_aside(over))
        self.banner.show()
        if is_news:
            self.banner.announce()

    def _make_banner(self, over: QWidget) -> CriticalBanner:
        banner = CriticalBanner(self._bridge, over)
        banner.acknowledge_wanted.connect(self._acknowledge)
        banner.show_wanted.connect(self._show_alert)
        banner.dismissed.connect(self._dismiss)
        banner.covered.connect(self._move_banner)
        banner.destroyed.connect(self._forget_banner)
        return banner

    def _where(self, alert: Alert, snapshot: Snapshot) -> str:
        cameras = snapshot.settings.camera_names()
        place = alert_place(alert, cameras, place_names(snapshot.settings))
        simulated = tr("simulated") if alert.simulated else ""
        return " · ".join(part for part in (place, relative_text(alert.raised_ns, self._clock.now_ns()), simulated) if part)

    def _remove_banner(self) -> None:
        banner, self.banner, self._shown = self.banner, None, None
        if banner is not None:
            banner.destroyed.disconnect(self._forget_banner)  # by then another one may stand in another dialog
            banner.leave()

    def _move_banner(self) -> None:
        """At once off the dialog that is covered, and into what is in front as soon as it is."""
        self._remove_banner()
        QTimer.singleShot(0, self, self._show_newest)

    def _show_newest(self) -> None:
        if (snapshot := self._bridge.snapshot) is not None:
            self.show_snapshot(snapshot)

    def _forget_banner(self) -> None:
        """Its dialog was closed."""
        self.banner = None

    def _acknowledge(self) -> None:
        if self._shown is not None:
            self._act.acknowledge((self._shown,))
            self._dismiss()

    def _dismiss(self) -> None:
        if self._shown is not None:
            self._dismissed |= {self._shown.id}
        self._remove_banner()

    def _show_alert(self) -> None:
        """The dialogs are put aside as they are, and the alert is brought on screen."""
        alert = self._shown
        if alert is None:
            return
        self._dismiss()
        while isinstance(over := QApplication.activeModalWidget(), QDialog) and _can_be_put_aside(over):
            self._aside.append(over)
            over.destroyed.connect(self._forget_dialogs)
            over.hide()
        if self._aside:
            self.bar.offer(self._aside[0].windowTitle())
        self._visit(alert.id)

    def bring_back(self) -> None:
        self.bar.hide()
        aside, self._aside = self._aside, []
        for dialog in reversed(aside):
            dialog.open()

    def _forget_dialogs(self) -> None:
        self._aside = []
        self.bar.hide()


def _can_be_put_aside(over: QWidget) -> bool:
    """One that somebody waits for in a call (of the system, as for files) would be answered by being hidden."""
    return isinstance(over, QDialog) and over.windowModality() is Qt.WindowModality.WindowModal
