"""The main window: rail, pages, status bar, keys."""

from collections.abc import Callable, Set
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QMainWindow, QStackedWidget, QWidget

from console.actions.window_actions import window_actions
from console.bridge import EngineBridge
from console.chat.beside import ChatBeside
from console.courier import ignore_answer
from console.dialogs.accounts.confirm_password import ConfirmPasswordDialog
from console.dialogs.accounts.password import PasswordDialog
from console.dialogs.alerts.hand_over import HandOverDialog, HandoverDialog, HandoversDialog, offer_unread
from console.dialogs.at_site import open_at_site
from console.dialogs.frame import open_dialog
from console.dialogs.incidents.file_report import FileReportDialog, ReportStart
from console.dialogs.person_detector import PersonDetectorDialog, detector_to_offer
from console.pace import Pace
from console.pages.live.live import LivePage
from console.pages.page import Page, PageContext
from console.pages.registry import PAGES, PageEntry, pages_for
from console.palette.commands_catalogue import bind, set_keys
from console.palette.commands_catalogue_window import WindowCatalogue, WindowParts
from console.playback.overlay_memory import OverlayMemory
from console.session.lock_screen import LockScreen
from console.session.remembered import Remembered
from console.session.screen_lock import ScreenLock
from console.session.session_end import SessionEndButton
from console.shell.closing import ClosingDialog, running_jobs
from console.shell.critical_banner import CriticalAlerts
from console.shell.page_shelf import PageShelf
from console.shell.preferences import Preferences
from console.shell.rail import Rail
from console.shell.site_mode import ask_for_mode
from console.shell.status_bar import StatusBar
from console.shell.tray import Closing, ClosingWish, Tray
from console.shell.tray_choices import TrayChoices
from console.shell.undo import UndoDesk
from console.shell.zone_notice import ZoneNotice
from console.sound.alarm import Alarm, QtTone
from console.sound.alarm_button import AlarmButton
from console.tour.tour import Tour
from console.words import error_text
from engine.model.accounts.access import DEMO_SESSION, AccessSettings, Session, Verb
from engine.model.accounts.commands import ChangeAccess
from engine.model.alerts.settings import SiteMode
from engine.model.capability import Capability
from engine.model.errors import WatchroomError
from engine.model.history.chat import Citation
from engine.model.history.plan import QuestionPlan
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.layout.enlarging import enlarge
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.time_text import clock_text
from widgets.translation import use_language

if TYPE_CHECKING:
    from console.sites.many_sites import ManySites
    from console.sites.sites_of_window import SitesOfWindow

_BACK_ROW, _STATUS_ROW = 1, 2  # below the page
_READ_MS = 200  # between two changes of what is read


class MainWindow(QMainWindow):
    """One signed-in session on screen. `left_out`: what its engine does without, and has no pages for.
    engine_here: the engine runs in this process, and ends with it. sites: of a console over several.

    Signals:
        signed_out(str): the user signed out (empty) or the engine ended the session (why). The window stays until it is closed.
        closed(): the window was closed, and its bridge with it.
    """

    signed_out = Signal(str)
    closed = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        remembered: Remembered,
        pages: tuple[PageEntry, ...] = PAGES,
        left_out: Set[Capability] = frozenset(),
        *,
        engine_here: bool = True,
        sites: "ManySites | None" = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._engine_here = bridge, remembered, engine_here
        self.sites = self._sites_beside(sites)
        self._entries = pages_for(bridge.session, left_out, pages)
        self.preferences = Preferences(remembered, bridge.session.kept_as, self)
        use_language(self.preferences.look().language)  # before anything is built: the window speaks one language
        bridge.cache_folder = remembered.folder
        self._overlay = OverlayMemory(remembered, bridge.session.kept_as, self)
        self.setWindowTitle("Watchroom")
        self.setMinimumSize(840, 520)
        self._body = QWidget(self)
        self.setCentralWidget(self._body)
        self._stack = QStackedWidget(self)
        self._shown = ""  # the page on screen
        self._unsent_note = ""  # of a hand-over that was left to look something up
        self.toasts = ToastArea(self._stack)
        self.preferences.language_chosen.connect(self.toasts.show_message)
        self._build(PageContext(bridge, clock, remembered.of_user(bridge.session.kept_as), self.toasts, left_out), clock)
        self._add_alarm(clock)
        self._add_lock(clock)
        self.undo = UndoDesk(bridge, self.toasts, self)
        self._zone_notice = ZoneNotice(self.toasts)
        self.tour = Tour(self, remembered, bridge.session.kept_as)
        self.lock.changed.connect(lambda locked: self.tour.close() if locked else None)
        self.lock.changed.connect(self.tray.set_locked)
        self.catalogue = self._make_catalogue()
        bind(self.catalogue.everywhere)
        self.catalogue.set_keys()
        self.preferences.apply()
        enlarge(self)
        if not remembered.restore_window(self):
            self.resize(1440, 900)
        self.show_page(remembered.text("page", self._entries[0].id))
        self._pace = Pace(_READ_MS, self)
        self._pace.due.connect(self._show_slowly)
        bridge.snapshot_changed.connect(self.show_snapshot)
        bridge.signed_out.connect(self.signed_out)
        bridge.lapsed.connect(self._lapse)
        bridge.tally_changed.connect(self._show_tally)

    def _build(self, context: PageContext, clock: Clock) -> None:
        self.rail = Rail(self._entries, self)
        self.status = StatusBar(context.bridge.session, clock, self)
        if self.sites is not None:
            self.status.put_in_place_of_site(self.sites.button)
        self._pages = PageShelf(self._entries, lambda entry: self._make_page(entry, context))
        self._grid = grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.rail, 0, 0)
        self.chat = ChatBeside(self._stack, context, self)
        self.chat.visit_requested.connect(self.visit)
        self.chat.play_requested.connect(self._play)
        grid.addWidget(self.chat, 0, 1)
        grid.addWidget(self.status, _STATUS_ROW, 0, 1, 2)
        self.toasts.raise_()
        self.rail.chosen.connect(self.show_page)
        self.status.sign_out_requested.connect(self.sign_out)
        self.status.shortcuts_requested.connect(self.show_shortcuts)
        self.status.tour_requested.connect(lambda: self.tour.start())
        self.status.preferences_requested.connect(lambda: self.catalogue.show_preferences())
        self.status.palette_requested.connect(lambda: self.catalogue.open_palette())
        on(self.status.troubles_requested, self.show_page, "system")
        on(self.status.alerts_requested, self.show_page, "alerts")
        self.status.mode_requested.connect(self.ask_for_mode)

    def _sites_beside(self, sites: "ManySites | None") -> "SitesOfWindow | None":
        if sites is None:
            return None
        from console.sites.sites_of_window import SitesOfWindow  # most consoles are of one site

        made = SitesOfWindow(sites, self._bridge, self._remembered, self)
        made.follow_choice(self._renew_pages)
        return made

    def _renew_pages(self) -> None:
        """Other sites are shown: what pages had asked is of those before."""
        old = [entry.id for entry in self._entries if not entry.one_site]
        for page in self._pages.forget(old):
            self._stack.removeWidget(page)
            page.shutdown()
            page.deleteLater()
        shown, self._shown = self._shown, self._shown if self._shown not in old else ""
        self.show_page(shown)

    def _make_page(self, entry: PageEntry, context: PageContext) -> Page:
        if self.sites is not None and entry.one_site:
            from console.pages.one_site import OneSitePage  # as above

            page: Page = OneSitePage(context, self.sites.single, entry.make, self._dress)
        else:
            page = entry.make(context)
        page.visit_requested.connect(self.visit)
        page.plan_asked.connect(self._ask_plan)
        self._dress(page)
        self._stack.addWidget(page)
        return page

    def _dress(self, page: Page) -> None:
        set_keys(page, self.preferences.keys.all(page.actions()))
        enlarge(page)

    def _add_alarm(self, clock: Clock) -> None:
        user_id = self._bridge.session.kept_as
        self._tone, self.tray = QtTone(), Tray(self)
        self.alarm = Alarm(user_id, self._remembered, self._tone, self.tray, self, lambda: self.lock.locked)
        self.closing = ClosingWish(self._remembered, user_id)
        self._alarm_button = AlarmButton(self.alarm, self.status)
        self._end_button = SessionEndButton(self.toasts, self.status)
        self._end_button.clicked.connect(self.stay_signed_in)
        self.status.silence_changed.connect(self._end_button.yield_to_silence)
        self.status.put_before_counts(self._end_button)
        self.status.put_before_counts(self._alarm_button)
        self.status.put_before_counts(self.chat.button, folds=True)
        self.critical = CriticalAlerts(self._bridge, clock, self.toasts, self, partial(self.visit, "alerts"), lambda: self.lock.locked)
        self._grid.addWidget(self.critical.bar, _BACK_ROW, 0, 1, 2)
        self.tray.open_wanted.connect(self._come_forward)
        self.tray.quit_wanted.connect(self.close)

    def _add_lock(self, clock: Clock) -> None:
        self.lock_screen = LockScreen(self._bridge, clock, self)
        self.lock = ScreenLock(self, self.lock_screen, self._body)
        self.lock_screen.leave_requested.connect(self.sign_out)
        self.status.lock_requested.connect(self.lock_now)
        self.status.hand_over_requested.connect(self.hand_over)

    def lock_now(self) -> None:
        if self.session.has_password:
            self.lock.lock()
        elif self.session.machine is None:
            self.toasts.show_message(self.tr("The demo has no password, so it cannot be locked."), "info")
        else:
            self.toasts.show_message(self.tr("This display has no password, so it cannot be locked."), "info")

    def _lapse(self) -> None:
        self.lock_screen.show_lapsed(True)
        self.lock.lock()

    def _show_tally(self, tally: Snapshot) -> None:
        """Alarms go on while the session waits for the password."""
        self.lock_screen.show_tally(tally)
        if not tally.health.troubles:
            self.alarm.show_snapshot(tally)
            self.tray.show_snapshot(tally)

    def _come_forward(self, alert_id: str) -> None:
        """The tray or one of its messages was clicked. What is locked stays so, with that alert under the lock."""
        self.show()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if alert_id:
            self.visit("alerts", alert_id)

    def _tray_choices(self) -> QWidget:
        return TrayChoices(self.alarm, self.closing)

    def _make_catalogue(self) -> WindowCatalogue:
        parts = WindowParts(
            self,
            self._bridge,
            self._entries,
            self._pages,
            self.show_page,
            self.visit,
            self._alarm_button.showMenu,
            window_actions(self),
            self._tray_choices,
        )
        return WindowCatalogue(parts, self.preferences)

    @property
    def session(self) -> Session:
        return self._bridge.session

    def has_page(self, page_id: str) -> bool:
        """Whether this site and this session have it."""
        return any(entry.id == page_id for entry in self._entries)

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest that is on screen."""
        return self._bridge.snapshot

    def page(self, page_id: str) -> Page:
        return self._pages[page_id]

    def page_ids(self) -> tuple[str, ...]:
        return tuple(self._pages)

    def current_page_id(self) -> str:
        return self._shown

    def show_page(self, page_id: str) -> None:
        """Bring a page on screen; one that does not exist (any more) means the first."""
        known = page_id if page_id in self._pages else self._entries[0].id
        if known != self._shown:
            if self._shown:
                self._pages[self._shown].leave()
            self._shown = known
            self._stack.setCurrentWidget(self._pages[known])
            self.toasts.raise_()  # a page that comes to the front lies over them
            self._pages[known].setFocus()
        self.rail.select(known)
        self._bridge.watch_moves(self, self._pages[known].moves)
        self._let_page_go_first(known)
        if self._bridge.snapshot is not None:
            self._pages[known].show_snapshot(self._bridge.snapshot)

    def _let_page_go_first(self, page_id: str) -> None:
        """A key of the window is off where the page on screen has the same: otherwise neither would answer."""
        own = {shortcut.key().toString() for shortcut in self._pages[page_id].findChildren(QShortcut)} - {""}
        for shortcut in self.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
            shortcut.setEnabled(shortcut.key().toString() not in own)

    def visit(self, page_id: str, what: str) -> None:
        """Bring a page on screen with something of it chosen; `chat`: ask that, beside the page that is on screen."""
        if page_id == "chat":
            self.chat.focus_question()
            self.chat.dock.ask(what)
            return
        self.show_page(page_id)
        if page_id in self._pages:
            self._pages[page_id].visit(what)

    def _ask_plan(self, question: str, plan: QuestionPlan) -> None:
        self.chat.focus_question()
        self.chat.dock.ask(question, plan=plan)

    def _play(self) -> None:
        """What is shown on the timeline, moving."""
        from console.pages.investigate.investigate import InvestigatePage

        page = self._pages.get("investigate")
        if isinstance(page, InvestigatePage):
            page.playback.play()

    def ask_for_mode(self, mode: SiteMode) -> None:
        if self._bridge.snapshot is not None:
            ask_for_mode(self._bridge, self.toasts, self._bridge.snapshot, mode, self)

    def change_password(self) -> None:
        open_at_site(self._bridge, PasswordDialog, self, None, verb=Verb.SEE_LIVE)

    def stay_signed_in(self) -> None:
        open_at_site(self._bridge, ConfirmPasswordDialog, self, verb=Verb.SEE_LIVE, opened=self._follow_confirmation)

    def _follow_confirmation(self, dialog: ConfirmPasswordDialog, bridge: EngineBridge) -> None:
        on(dialog.accepted, self._say_until, bridge)

    def _say_until(self, bridge: EngineBridge) -> None:
        ends_ns = bridge.session.ends_ns
        if ends_ns is not None:
            self.toasts.show_message(self.tr("You are signed in until {0}.").format(clock_text(ends_ns)), "good")

    def file_report(self) -> None:
        """From any page."""
        open_at_site(self._bridge, FileReportDialog, self, ReportStart(), verb=Verb.SEE_LIVE, opened=self._follow_filing)

    def _follow_filing(self, dialog: FileReportDialog, bridge: EngineBridge) -> None:
        dialog.filed.connect(lambda incident_id: self.visit("incidents", bridge.beyond(incident_id)))

    def hand_over(self) -> None:
        dialog = HandOverDialog(self._bridge, self)
        dialog.text.setPlainText(self._unsent_note)
        dialog.text.document().setModified(bool(self._unsent_note))  # it is asked before it is discarded
        self._open_handover(dialog)
        self._unsent_note = ""

    def show_handovers(self) -> None:
        self._open_handover(HandoversDialog(self._bridge, self))

    def _open_handover(self, dialog: HandOverDialog | HandoverDialog | HandoversDialog) -> None:
        dialog.cited.connect(partial(self._visit_cited, dialog))
        self._open(dialog)

    def _visit_cited(self, dialog: HandOverDialog | HandoverDialog | HandoversDialog, citation: Citation) -> None:
        """A note that was begun is there again with the next hand-over."""
        if isinstance(dialog, HandOverDialog):
            self._unsent_note = dialog.text.toPlainText()
            if self._unsent_note:
                self.toasts.show_message(self.tr("Your note is kept until you hand over."))
        dialog.reject()
        self.chat.dock.show_citation(citation)

    def sign_out(self) -> None:
        self.signed_out.emit("")

    def begin_site(self, idle_lock_min: float) -> None:
        """After the set-up of a site: consoles lock as was chosen there, and its first camera is looked for."""
        if idle_lock_min:
            known = AccessSettings() if self.snapshot is None else self.snapshot.settings.access
            self._bridge.command(ChangeAccess(replace(known, idle_lock_min=idle_lock_min)), ignore_answer, self._complain, owner=self)
        self.show_page("live")
        self.offer_person_detector(self._look_for_first_camera)

    def offer_person_detector(self, then: Callable[[], None]) -> None:
        """Once for each user, where basic detection would run; `then`: what follows, in any case."""
        key = f"person_detector/{self._bridge.session.kept_as}"
        snapshot = self.snapshot
        model = detector_to_offer(self._bridge, snapshot) if snapshot is not None and not self._remembered.flag(key, False) else None
        if model is None:
            then()
            return
        self._remembered.put(key, True)
        dialog = PersonDetectorDialog(self._bridge, model, self)
        dialog.finished.connect(then)
        self._open(dialog)

    def _look_for_first_camera(self) -> None:
        live = self._pages["live"]
        if isinstance(live, LivePage) and self.snapshot is not None and not self.snapshot.settings.cameras:
            live.camera_actions.add_first()

    def _complain(self, error: WatchroomError) -> None:
        self.toasts.show_message(error_text(error), "critical", seconds=0)

    def show_unread_handover(self) -> None:
        """What the shift before left, where nobody has read it yet. Nobody reads it at a display."""
        if self.session.machine is None:
            offer_unread(self._bridge, self, lambda handover: self._open_handover(HandoverDialog(self._bridge, handover, self)))

    def offer_tour(self) -> None:
        """To whoever opens the demo site for the first time."""
        if self._bridge.session.id == DEMO_SESSION:
            self.tour.offer()

    def _open(self, dialog: QDialog) -> None:
        open_dialog(dialog)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """What moves is shown as often as there is something new, what is read a few times a second."""
        self.alarm.show_snapshot(snapshot)
        page = self._pages[self._shown]
        if page.moves:
            page.show_snapshot(snapshot)
        self._pace.put(snapshot)

    def _show_slowly(self, snapshot: Snapshot) -> None:
        if self.session.has_password:
            self.lock.lock_after(snapshot.settings.access.idle_lock_min)
        self.lock_screen.show_snapshot(snapshot)
        self.status.show_snapshot(snapshot)
        if self.sites is not None:
            self.sites.show_snapshot(snapshot)
        self._zone_notice.show_snapshot(snapshot)
        self._end_button.show_session(self._bridge.session, snapshot.at_ns)
        self.tray.show_snapshot(snapshot)
        self.undo.show_snapshot(snapshot)
        title = snapshot.settings.site_name
        if self.windowTitle() != f"{title} – Watchroom":
            self.setWindowTitle(f"{title} – Watchroom")
        self.chat.show_snapshot(snapshot)
        page = self._pages[self._shown]
        if not page.moves:
            page.show_snapshot(snapshot)

    def show_shortcuts(self) -> None:
        self.catalogue.show_shortcuts()

    def _stays(self, event: QCloseEvent) -> bool:
        """Whether closing does not end it: the window goes into the tray, or the user is asked first. A demo without a tray just ends."""
        wish, tray = self.closing.get(), self.tray.there
        if wish is Closing.QUIT or self.session.machine is not None or (self.session.id == DEMO_SESSION and not tray):
            return False
        event.ignore()
        if wish is Closing.STAY and tray:
            self._go_to_tray()
        else:
            dialog = ClosingDialog(tray, self._engine_here, running_jobs(self.snapshot), self)
            dialog.chosen.connect(self._close_as)
            self._open(dialog)
        return True

    def _close_as(self, wish: Closing, always: bool) -> None:
        if always:
            self.closing.put(wish)
        if wish is Closing.STAY:
            self._go_to_tray()
        else:
            self.close()

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _go_to_tray(self) -> None:
        self.tour.close()
        self._remembered.keep_window(self)
        self.hide()
        self.tray.say_hidden()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.lock.locked and event.spontaneous():  # whoever passes by does not silence the alarm that way either
            event.ignore()
            return
        if event.spontaneous() and self._stays(event):
            return
        self._pace.stop()
        self.tour.close()
        self.lock.close()
        self.alarm.stop()
        self._tone.close()
        self.tray.close()
        self._remembered.keep_window(self)
        self._remembered.put("page", self._shown)
        self._pages.shut()
        self.chat.keep()
        self._remembered.flush()
        self._bridge.close()
        self.closed.emit()
        super().closeEvent(event)
