"""What is shown while a console is locked: who is signed in, how to come back, and how many alerts there are, without pictures or names."""

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from console.bridge import EngineBridge
from console.words import error_text, sentence
from engine.model.accounts.access import Role, User
from engine.model.accounts.user_ref import is_asked_about
from engine.model.alerts.alert import Alert, AlertState
from engine.model.errors import InputError, WatchroomError
from engine.model.event import Severity
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.fields.choices import replace_choices
from widgets.fields.elided_combo import ElidedCombo
from widgets.fields.form import FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.shapes import draw_shape
from widgets.theme import color, font, set_role, severity_style, severity_word
from widgets.time_text import clock_text, relative_text

_CARD, _MARK, _GAP = 380, 26, 20
_EVERY_MS = 1_000


class LockScreen(QWidget):
    """Covers a window whole. Signals: unlocked(): whoever sits here is who signed in; leave_requested(): somebody else wants to sign in."""

    unlocked = Signal()
    leave_requested = Signal()

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge, self._clock = bridge, clock
        self._busy = self._away = False
        self._users: dict[str, User] = {}  # of sites whose user can come back now
        self.setObjectName("lock")
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Locked"))
        self._site, self._time = QLabel(self, textFormat=Qt.TextFormat.PlainText), QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.alerts = AlertTally(self)
        row = make_row(self, spacing=64, margins=(48, 48, 48, 48))
        row.addStretch(1)
        row.addWidget(self._card(), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.alerts, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._show_time)
        self.hide()

    def _card(self) -> QWidget:
        card = QWidget(self)
        card.setFixedWidth(_CARD)
        user = self._bridge.session.user
        self._picture, self.who = (
            QLabel(card, textFormat=Qt.TextFormat.PlainText),
            QLabel(self.tr("Locked. {0} is signed in.").format(user.name), card, textFormat=Qt.TextFormat.PlainText),
        )
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        self.who.setWordWrap(True)
        set_role(self._site, "page")
        set_role(self._time, "secondary")
        self.where = ElidedCombo(card)
        self.where.setAccessibleName(self.tr("Site whose password it is"))
        self.where.hide()
        self.fields = FieldGroup(card)
        label = self.tr("Password, or the PIN") if user.role is Role.OPERATOR else self.tr("Password")
        self.fields.add_field("password", PasswordField(label))
        self.fields.submitted.connect(self.submit)
        self.where.currentIndexChanged.connect(self._show_way)
        self.button = QPushButton(card)
        set_role(self.button, "primary")
        self.button.clicked.connect(self.submit)
        self.leave = QPushButton(self.tr("&Sign in as another user"), card)
        set_role(self.leave, "quiet")
        self.leave.clicked.connect(self.leave_requested)
        self.trouble = QLabel(card, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.trouble, "error")
        column = make_column(card, spacing=12)
        for widget in (self._picture, self._site, self._time, self.who, self.where, self.fields, self.trouble, self.button, self.leave):
            column.addWidget(widget)
        self._show_way()
        return card

    def _by_provider(self) -> bool:
        """Whether an identity provider says who it is, and no password does."""
        user = self._users.get(str(self.where.currentData() or "")) or self._bridge.session.user
        return is_asked_about(user.id)

    def _show_way(self) -> None:
        by_provider = self._by_provider()
        self.fields.setVisible(not by_provider)
        words = self.tr("Sign in with your &organisation") if by_provider else self.tr("&Unlock")
        self.button.setText(self.tr("Continue in the browser…") if by_provider and self._busy else words)

    def cover(self) -> None:
        """Come on screen, over everything of the window."""
        self.fields.field("password").set_value("")
        self._show_trouble("")
        self._picture.setPixmap(icon("lock").pixmap(QSize(40, 40)))  # in the colours of now
        if self._bridge.snapshot is not None:
            self.show_snapshot(self._bridge.snapshot)
        self._show_time()
        self._timer.start()
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.take_focus()

    def show_lapsed(self, lapsed: bool) -> None:
        """Whether the session is as old as one may become: then only the password lets it go on."""
        name = self._bridge.session.user.name
        words = (
            self.tr("Locked: the session of {0} has expired after seven days.")
            if self._by_provider()
            else self.tr("Locked: the session of {0} has expired after seven days. Enter the password to continue; a PIN is not accepted.")
        )
        self.who.setText((words if lapsed else self.tr("Locked. {0} is signed in.")).format(name))

    def show_tally(self, tally: Snapshot) -> None:
        """As `show_snapshot`, of what such a session is still given; the engine away is said, for counts would look like those of now."""
        away, self._away = self._away, bool(tally.health.troubles)
        if self._away:
            self._show_trouble(tally.health.troubles[0])
        else:
            self._show_trouble("" if away else self.trouble.text())
            self.show_snapshot(tally)

    def uncover(self) -> None:
        self.show_lapsed(False)
        self._timer.stop()
        self.hide()
        self.fields.field("password").set_value("")

    def take_focus(self) -> None:
        (self.button if self._by_provider() else self.fields.field("password").edit()).setFocus()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self._site.text() != snapshot.settings.site_name:
            self._site.setText(snapshot.settings.site_name)
        self._show_sites(snapshot.sites)
        open_now = [alert for alert in snapshot.alerts.alerts if not alert.shelved(snapshot.at_ns)]
        self.alerts.show_alerts(open_now, snapshot.at_ns)

    def _show_sites(self, sites: tuple[SiteState, ...]) -> None:
        """Each has its own password: those that can check it now are offered."""
        online = [(site, site.user) for site in sites if site.reach is SiteReach.ONLINE and site.user is not None]
        self._users = {site.key: user for site, user in online}
        replace_choices(self.where, {site.key: f"{site.name} ({user.name})" for site, user in online}, first=0)
        self.where.setVisible(len(online) > 1)
        self._show_way()

    def submit(self) -> None:
        by_provider = self._by_provider()
        password = "" if by_provider else self.fields.values()["password"]
        if self._busy:
            return
        if not password and not by_provider:
            self._show_trouble(self.tr("Enter the password."))
            return
        self._set_busy(True)
        self._bridge.confirm(password, self._confirmed, self._show_unlock_error, self, str(self.where.currentData() or ""))

    def _confirmed(self) -> None:
        self._set_busy(False)
        self.unlocked.emit()

    def _show_unlock_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.fields.field("password").set_value("")
        self.take_focus()
        self._show_trouble(refusal_text(error))

    def _show_trouble(self, trouble: str) -> None:
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.setEnabled(not busy)
        self._show_way()

    def _show_time(self) -> None:
        self._time.setText(clock_text(self._clock.now_ns()))


def refusal_text(error: WatchroomError) -> str:
    """Why a password was not taken."""
    if not isinstance(error, InputError):
        return error_text(error)
    if error.message == "is not right":
        return QCoreApplication.translate("LockScreen", "The password is not right.")
    return sentence(error.message)


class AlertTally(QFrame):
    """How many alerts of each severity are open, and how many of those nobody has taken on. Gravest first, each with its shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._rows: list[tuple[Severity, int, int, str]] = []
        self._row = self._first = 0
        self._settle()

    def show_alerts(self, alerts: list[Alert], now_ns: int) -> None:
        rows: list[tuple[Severity, int, int, str]] = []
        for severity in sorted(Severity, reverse=True):
            of = [alert for alert in alerts if alert.severity is severity]
            if of:
                new = sum(1 for alert in of if alert.state is AlertState.NEW)
                rows.append((severity, len(of), new, relative_text(max(alert.raised_ns for alert in of), now_ns)))
        if rows != self._rows:
            self._rows = rows
            self._settle()
        self._fit()  # the size of text may have changed while nobody saw this

    def words(self) -> str:
        told = [f"{count} {severity_word(severity)}, {self._new(new)}, {when}" for severity, count, new, when in self._rows]
        return "; ".join(told) or self.tr("No open alerts")

    def _new(self, new: int) -> str:
        return self.tr("all acknowledged") if not new else self.tr("{0} not acknowledged").format(new)

    def _settle(self) -> None:
        self.setAccessibleName(self.words())
        self._fit()
        self.update()

    def _fit(self) -> None:
        """As large as the text is, which the user may have made larger."""
        count, name, about = (QFontMetrics(font(role)) for role in ("clock", "section", "secondary"))
        self._row = max(count.height(), name.height() + about.height()) + 28
        self._first = _GAP + _MARK + _GAP + count.horizontalAdvance("000")  # where the words begin
        widest = about.horizontalAdvance(self._about(99, self.tr("{0} min ago").format(59)))
        size = QSize(self._first + 2 * _GAP + widest, self._row * max(1, len(self._rows)) + 24)
        if size != self.size():
            self.setFixedSize(size)

    def _about(self, new: int, when: str) -> str:
        return f"{self._new(new)} · {when}"

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if not self._rows:
            painter.setFont(font("body"))
            painter.setPen(color("secondary"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No open alerts"))
        for row, (severity, count, new, when) in enumerate(self._rows):
            self._paint_row(painter, 12 + row * self._row, severity, count, self._about(new, when))

    def _paint_row(self, painter: QPainter, top: int, severity: Severity, count: int, about: str) -> None:
        style, middle = severity_style(severity), Qt.AlignmentFlag.AlignVCenter
        draw_shape(painter, style.shape, QRectF(_GAP, top + (self._row - _MARK) / 2, _MARK, _MARK), style.fill)
        left, high = self._first + _GAP, QFontMetrics(font("section")).height()
        painter.setPen(color("text"))
        painter.setFont(font("clock"))  # read from across a room
        painter.drawText(QRectF(0, top, self._first, self._row), middle | Qt.AlignmentFlag.AlignRight, str(count))
        painter.setFont(font("section"))
        painter.drawText(QRectF(left, top + 12, self.width() - left, high), middle, style.word)
        painter.setPen(color("secondary"))
        painter.setFont(font("secondary"))
        painter.drawText(QRectF(left, top + 14 + high, self.width() - left, self._row - high - 26), middle, about)
