"""The strip at the foot of the window: site, cameras, events, disk, clock, user."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QMenu, QToolButton, QWidget

from console.dialogs.accounts.user_edit import role_word
from console.pages.alerts.words import counts
from console.pages.system.words import headline, troubles
from console.shell.site_mode import SiteModeButton
from engine.model.accounts.access import Session
from engine.model.health import CameraState
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from widgets.alerts.alert_counts import AlertCounts
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.shapes import role_icon
from widgets.size_text import size_text
from widgets.theme import font, set_role
from widgets.time_text import clock_text, duration_text, zone_note

SILENT_AFTER_NS = 5 * SECOND
_HOUR_NS = 3600 * SECOND
_LEAST_SITE = 40  # pixels of its name; less says nothing
_SPACING, _CLOSE = 16, 8  # between the parts, and where they have little room
_NAMED = 10  # cameras in a tooltip


class StatusBar(QFrame):
    """Signals: sign_out_requested(); lock_requested(); hand_over_requested(); preferences_requested(); palette_requested();
    shortcuts_requested(); tour_requested(); troubles_requested(): the operator wants to read what is wrong;
    alerts_requested(): the open alerts; mode_requested(SiteMode). silence_changed(bool): whether nothing is heard of the engine."""

    sign_out_requested = Signal()
    lock_requested = Signal()
    hand_over_requested = Signal()
    preferences_requested = Signal()
    palette_requested = Signal()
    shortcuts_requested = Signal()
    tour_requested = Signal()
    troubles_requested = Signal()
    alerts_requested = Signal()
    mode_requested = Signal(object)
    silence_changed = Signal(bool)

    def __init__(self, session: Session, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setFixedHeight(36)
        self._clock = clock
        self._heard_ns: int | None = None
        self._folding: list[QToolButton] = []
        self._troubled = False
        self._site: QWidget = ElidedLabel(parent=self)
        self._site.setFont(font("secondary"))
        self._rate, self._cameras, self._events, self._disk, self._time = (self._label() for _ in range(5))
        self._events.setToolTip(self.tr("Events in the last hour (newest 200)"))
        self._disk.setToolTip(self.tr("Free space on the engine's disk; see System for the estimated retention"))
        self.mode_button = SiteModeButton(session, self)
        self.mode_button.chosen.connect(self.mode_requested)
        self.counts = AlertCounts(self)
        self.counts.clicked.connect(self.alerts_requested)
        self.trouble_button = self._trouble_button()
        self._silence = StatusChip("", "critical", self)
        self._silence.hide()
        self._silent_for = ("", "")
        self.user_button = self._user_button(session)
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._show_time)
        self._timer.start()
        self._show_time()

    def _label(self) -> QLabel:
        label = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        label.setFont(font("secondary"))
        return label

    def _arrange(self) -> None:
        row = make_row(self, spacing=_SPACING, margins=(16, 0, 8, 0))
        row.addWidget(self._site)
        row.addWidget(self.mode_button)
        row.addWidget(self._silence)
        row.addWidget(self.trouble_button)
        row.addStretch()
        row.addWidget(self.counts)
        lines = {label: _divider(self) for label in (self._rate, self._cameras, self._events, self._disk, self._time)}
        order = (self._events, self._disk, self._cameras, self._rate)
        self._wanted_least_first = [(label, lines[label]) for label in order]
        for label, line in lines.items():
            row.addWidget(line)
            row.addWidget(label)
        row.addWidget(_divider(self))
        row.addWidget(self.user_button)

    def put_in_place_of_site(self, part: QWidget) -> None:
        """It says itself which sites there are."""
        row = self.layout()
        assert row is not None
        row.replaceWidget(self._site, part)
        self._site.deleteLater()
        part.setFont(font("secondary"))
        self._site = part

    def put_before_counts(self, part: QWidget, folds: bool = False) -> None:
        """Something of the window's, such as whether alerts are heard. folds: its icon says enough where there is little room."""
        if folds and isinstance(part, QToolButton):
            self._folding.append(part)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.indexOf(self.counts), part)

    def _trouble_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(role_icon("diamond", "high"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(button, "quiet")
        button.clicked.connect(self.troubles_requested)
        button.hide()
        return button

    def _user_button(self, session: Session) -> QToolButton:
        button = QToolButton(self)
        button.setText(session.name)
        button.setIcon(icon("user"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(plain_tip(self._who(session)))
        button.setAccessibleName(self.tr("Account menu"))
        set_role(button, "quiet")
        button.setMenu(self._user_menu(button, session))
        return button

    def _who(self, session: Session) -> str:
        if session.machine is None:
            return self.tr("Signed in as {0} ({1})").format(session.name, role_word(session.user.role))
        return self.tr("Display token {0}").format(session.name)

    def _user_menu(self, parent: QWidget, session: Session) -> QMenu:
        menu = QMenu(parent)
        palette = QAction(icon("search"), self.tr("&Find anything…"), menu)
        palette.triggered.connect(self.palette_requested)
        preferences = QAction(icon("settings"), self.tr("&Preferences…"), menu)
        preferences.triggered.connect(self.preferences_requested)
        shortcuts = QAction(icon("keyboard"), self.tr("&Keyboard shortcuts…"), menu)
        shortcuts.triggered.connect(self.shortcuts_requested)
        tour = QAction(icon("map"), self.tr("Five-minute &tour"), menu)
        tour.triggered.connect(self.tour_requested)
        sign_out = QAction(icon("log-out"), self.tr("&Sign out"), menu)
        sign_out.triggered.connect(self.sign_out_requested)
        lock = QAction(icon("lock"), self.tr("&Lock"), menu)
        lock.triggered.connect(self.lock_requested)
        hand_over = QAction(icon("message-square"), self.tr("&Hand over…"), menu)
        hand_over.triggered.connect(self.hand_over_requested)
        menu.addActions([palette, preferences])
        helping = menu.addMenu(icon("circle-help"), self.tr("&Help"))
        helping.addActions([shortcuts, tour])
        if session.machine is None:
            menu.addActions([hand_over, lock, sign_out])
        return menu

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._heard_ns = snapshot.at_ns
        if isinstance(self._site, ElidedLabel):
            self._site.setText(snapshot.settings.site_name)
        wrong = troubles(snapshot)
        self._troubled = bool(wrong)
        self.trouble_button.setVisible(self._troubled and not self._silence.isVisibleTo(self))
        self.trouble_button.setText(headline(snapshot))
        self.trouble_button.setToolTip(plain_tip("\n".join(wrong)))
        self.mode_button.show_snapshot(snapshot)
        self.counts.show_counts(counts(snapshot))
        self._show_rate(snapshot)
        self._cameras.setText(self._cameras_text(snapshot))
        self._cameras.setToolTip(plain_tip(self._cameras_tip(snapshot)))
        self._events.setText(self._events_text(snapshot))
        free = snapshot.health.disk_free_bytes
        self._disk.setText(self.tr("Disk {0} free").format(size_text(free)) if free else self.tr("Disk no data"))
        self._fit()

    def _show_rate(self, snapshot: Snapshot) -> None:
        load = snapshot.alerts.load
        one = load.per_10_min == 1
        self._rate.setText(self.tr("1 alert in 10 min") if one else self.tr("{0} alerts in 10 min").format(number_text(load.per_10_min)))
        what = self.tr("Alerts raised in the last 10 minutes; above the limit, lower severities are held")
        self._rate.setToolTip(plain_tip("\n".join(filter(None, (what, load.holding)))))
        if self._rate.property("role") != ("high" if load.flooding else ""):
            set_role(self._rate, "high" if load.flooding else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        """What is least wanted gives way first, until the rest has room."""
        row = self.layout()
        assert row is not None
        widths = [sum(part.sizeHint().width() + _SPACING for part in parts) for parts in self._wanted_least_first]
        shown = [not parts[0].isHidden() for parts in self._wanted_least_first]
        needed = self._roomy_width(row) + self._untold_width() + sum(width for width, there in zip(widths, shown, strict=True) if not there)
        for parts, width in zip(self._wanted_least_first, widths, strict=True):
            fits = needed <= self.width()
            needed -= 0 if fits else width
            for part in parts:
                if part.isHidden() == fits:
                    part.setVisible(fits)
        self._close_up(row, needed > self.width())
        self._tell_silence(short=row.sizeHint().width() + self._untold_width() > self.width())
        row.activate()  # at once: a text that grew would stand cut until the event loop comes to it

    def _roomy_width(self, row: QLayout) -> int:
        """What is shown, with all its words and the usual room. Worked out: trying it would lay everything out anew each time."""
        parts = [part for number in range(row.count()) if (item := row.itemAt(number)) is not None and (part := item.widget()) is not None]
        shown = sum(not part.isHidden() for part in parts)
        words = sum(_words_width(button) for button in self._folding if not button.isHidden() and _is_folded(button))
        site = self._site.sizeHint().width() + _SPACING if self._site.isHidden() else 0
        return row.sizeHint().width() + words + site + (_SPACING - row.spacing()) * (shown - 1)

    def _close_up(self, row: QLayout, close: bool) -> None:
        """Less room around what always stands there, and fewer words. A name of the site that cannot be read is not there."""
        if row.spacing() != (_CLOSE if close else _SPACING):
            row.setSpacing(_CLOSE if close else _SPACING)
        for button in self._folding:
            if _is_folded(button) != close:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if close else Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        name = self._site.sizeHint().width()
        beyond = row.sizeHint().width() + self._untold_width() + (name + row.spacing() if self._site.isHidden() else 0) - self.width()
        readable = beyond <= name - _LEAST_SITE
        if self._site.isHidden() == readable:
            self._site.setVisible(readable)

    def _untold_width(self) -> int:
        """What the whole words on silence take beyond what is told of them now."""
        metrics = QFontMetrics(font("secondary"))
        whole, told = self._silent_for[0], self._silence.text()
        return 0 if self._silence.isHidden() else metrics.horizontalAdvance(whole) - metrics.horizontalAdvance(told)

    def _tell_silence(self, short: bool) -> None:
        """Whose silence it is stands in the tip alone where the words for it have no room."""
        self._silence.set_status(self._silent_for[short], "critical")
        self._silence.setToolTip(plain_tip(self._silent_for[0]))

    def minimumSizeHint(self) -> QSize:
        """The window may be narrower than all of this."""
        return QSize(200, self.minimumHeight())

    def _cameras_text(self, snapshot: Snapshot) -> str:
        live = sum(view.health.state is CameraState.LIVE for view in snapshot.cameras)
        return self.tr("Cameras {0}/{1} live").format(live, len(snapshot.cameras)) if snapshot.cameras else self.tr("No cameras")

    def _cameras_tip(self, snapshot: Snapshot) -> str:
        what = self.tr("Cameras online, of all cameras")
        lost = [view.settings.name for view in snapshot.cameras if view.health.state is CameraState.LOST]
        if not lost:
            return what
        more = [self.tr("{0} more").format(len(lost) - _NAMED)] if len(lost) > _NAMED else []
        return "\n".join((what, self.tr("Offline: {0}").format(", ".join([*lost[:_NAMED], *more]))))

    def _events_text(self, snapshot: Snapshot) -> str:
        recent = sum(event.started_ns > snapshot.at_ns - _HOUR_NS for event in snapshot.events)
        more = "+" if recent >= 200 else ""
        return self.tr("Events {0}{1} in the last hour").format(number_text(recent), more)

    def _show_time(self) -> None:
        now_ns = self._clock.now_ns()
        self._time.setText(clock_text(now_ns, now_ns))
        self._time.setToolTip(plain_tip(zone_note(now_ns) or self.tr("Site time, as on every page")))
        silent_ns = 0 if self._heard_ns is None else now_ns - self._heard_ns
        if silent_ns > SILENT_AFTER_NS:  # words first: shown without them it would have no room for them until the next time
            short = self._silence.text() == self._silent_for[1]
            lasted = duration_text(silent_ns)
            self._silent_for = self.tr("No data from the engine for {0}").format(lasted), self.tr("No data for {0}").format(lasted)
            self._tell_silence(short and self._silence.isVisible())
        if self._silence.isHidden() == (silent_ns > SILENT_AFTER_NS):
            self._silence.setVisible(silent_ns > SILENT_AFTER_NS)
            self.silence_changed.emit(silent_ns > SILENT_AFTER_NS)
        self.trouble_button.setVisible(self._troubled and silent_ns <= SILENT_AFTER_NS)
        self._fit()


def _is_folded(button: QToolButton) -> bool:
    return button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly


def _words_width(button: QToolButton) -> int:
    return button.fontMetrics().horizontalAdvance(button.text()) + 4  # what Qt puts between icon and words


def _divider(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setObjectName("divider")
    line.setFixedSize(1, 16)
    return line
