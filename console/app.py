"""The console from its first window to its last: sign in or set up, the main window, and out again."""

import linecache
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.courier import Courier
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.upkeep.unreachable import UnreachableDialog
from console.garbage import collected_here
from console.pack_files import know_keys_of
from console.renewing import Renewing
from console.session.remembered import Remembered
from console.shell.closing import quit_question
from console.shell.preferences import last_look, use_look
from console.shell.screenshots import ScreenshotTour
from console.start.application import ends_by_signal, make_application
from console.wall.display import FIRST_S, DisplayEntry, DisplayNotice
from console.window import MainWindow
from console.words import error_text
from engine.model.capability import Capability
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.port import EngineDoor, EnginePort
from engine.model.time import Clock, SystemClock
from engine.runtime.keeping.renewal import Renewal
from widgets.signals import on

if TYPE_CHECKING:
    from console.sites.many_sites import ManySites

_LOG = logging.getLogger(__name__)
_TOUR_S = 20.0


class Console(QObject):
    """Which window is on screen. UI thread.

    Exactly one of them is at a time; when one closes without leading on to another, the application quits.
    """

    def __init__(
        self,
        door: EngineDoor | None,
        remembered: Remembered,
        clock: Clock,
        quit_: Callable[[], None],
        link: str = "",
        *,
        full_screen: bool = False,
        display: DisplayEntry | None = None,
        engine_here: bool = True,
        first_shown: Callable[[], None] | None = None,
        sites: "ManySites | None" = None,
    ) -> None:
        """`door`: of one engine; None: `sites` has those of several.
        link: a moment that the first window shows. display: comes in by a token, where nobody is there to sign in.
        engine_here: the engine runs in this process, and ends with it. first_shown: called when the first window is on screen.
        """
        super().__init__()
        self._first_shown = first_shown
        self._link, self._full_screen, self._display, self._engine_here = link, full_screen, display, engine_here
        self._sites = sites
        self._door, self._remembered, self._clock, self._quit = door, remembered, clock, quit_
        self._courier = Courier(self, workers=1)
        use_look(last_look(remembered))
        self.dialog: QDialog | None = None
        self.window: MainWindow | None = None
        self.notice: DisplayNotice | None = None
        if display is not None:
            display.entered.connect(self.open_window)
            display.kept_out.connect(self._show_notice)

    def enter(self, notice: str = "") -> None:
        """Show what comes first: set-up where there is no account yet, otherwise sign-in; or that the engine does not answer. In the look
        and the language that were chosen last."""
        use_look(last_look(self._remembered))
        if self._display is not None:
            self._display.begin(FIRST_S if notice else 0.0)
            return
        if self._sites is not None:
            self._show_sites(self._sites)
        if self._door is not None:
            self._ask_door(self._door, notice)

    def _ask_door(self, door: EngineDoor, notice: str) -> None:
        self._courier.fetch(door.needs_setup, lambda needed: self._show_door(door, needed, notice), lambda e: self._show_trouble(e, notice))

    def _show_sites(self, sites: "ManySites") -> None:
        from console.dialogs.sites.sites import SitesDialog  # most consoles are of one site

        dialog = SitesDialog(sites.book, sites.sessions)
        dialog.opened.connect(lambda: self._open_window(sites.open_bridge()))
        self._show_dialog(dialog)

    def _show_trouble(self, error: WatchroomError, notice: str) -> None:
        trouble = UnreachableDialog(error_text(error))
        on(trouble.again, self.enter, notice)
        self._show_dialog(trouble)

    def _show_door(self, door: EngineDoor, needs_setup: bool, notice: str) -> None:
        if needs_setup:
            setup = SetupDialog(door)
            setup.set_up.connect(self._begin_site)
            self._show_dialog(setup)
        else:
            sign_in = SignInDialog(door, notice, quit_question(self._engine_here))
            sign_in.signed_in.connect(self.open_window)
            self._show_dialog(sign_in)

    def _show_notice(self, why: str) -> None:
        """Of a display, in its window's place."""
        if self.notice is None:
            self.notice = DisplayNotice()
            self.notice.closed.connect(self._quit)
            self._show(self.notice)
        self.notice.say(why)

    def _show(self, window: QWidget) -> None:
        if self._full_screen:
            window.showFullScreen()
        else:
            window.show()
        self._tell_shown()

    def _tell_shown(self) -> None:
        first_shown, self._first_shown = self._first_shown, None
        if first_shown is not None:
            first_shown()

    def _show_dialog(self, dialog: QDialog) -> None:
        self._end_dialog()
        self.dialog = dialog
        dialog.rejected.connect(self._quit)
        dialog.show()
        self._tell_shown()

    def open_window(self, port: EnginePort) -> None:
        self._open_window(EngineBridge(port))

    def _open_window(self, bridge: EngineBridge) -> None:
        self.window = MainWindow(
            bridge, self._clock, self._remembered, left_out=_left_out(bridge.port), engine_here=self._engine_here, sites=self._sites
        )
        self.window.signed_out.connect(self._sign_out)
        self.window.closed.connect(self._quit)
        bridge.setParent(self.window)
        self._end_dialog()
        bridge.start()
        self._show(self.window)
        self._end_notice()
        self.window.show_unread_handover()
        link, self._link = self._link, ""
        if link:
            self.window.visit("investigate", link)

    def _end_notice(self) -> None:
        notice, self.notice = self.notice, None
        if notice is not None:
            notice.closed.disconnect(self._quit)
            notice.close()
            notice.deleteLater()

    def _begin_site(self, port: EnginePort, idle_lock_min: float) -> None:
        self.open_window(port)
        if self.window is not None:
            self.window.begin_site(idle_lock_min)

    def _end_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.accept()
            dialog.deleteLater()

    def _sign_out(self, why: str) -> None:
        window, self.window = self.window, None
        if window is None:
            return
        window.closed.disconnect(self._quit)
        if self._sites is not None:
            self._sites.forget_port()
        if self._display is not None:
            self._show_notice(self.tr("The engine refused this display. Trying again."))
        self.enter(why or self.tr("You are signed out."))
        window.close()
        window.deleteLater()

    def close(self) -> None:
        """Close whatever is on screen, with its workers. Also right when nothing is."""
        self._courier.close()
        if self._sites is not None:
            self._sites.close()
        if self._display is not None:
            self._display.close()
        self._end_notice()
        if self.window is not None:
            self.window.closed.disconnect(self._quit)
            self.window.close()
            self.window.deleteLater()
            self.window = None
        if self.dialog is not None:
            self.dialog.rejected.disconnect(self._quit)
            self.dialog.reject()
            self.dialog.deleteLater()
            self.dialog = None


def run_console(
    door: EngineDoor | None,
    *,
    data_folder: Path,
    demo_port: EnginePort | None = None,
    screenshots: Path | None = None,
    seconds: float | None = None,
    link: str = "",
    full_screen: bool = False,
    display: DisplayEntry | None = None,
    renewal: Renewal | None = None,
    engine_here: bool = True,
    first_shown: Callable[[], None] | None = None,
    sites: "ManySites | None" = None,
) -> int:
    """Run until the last window closes; 0. The caller's thread becomes the UI thread.

    Args:
        demo_port: opens the window at once, signed in by this port.
        screenshots: save a picture of every page there, then end (after `seconds`, if those are longer). seconds: end after this time.
        link: a moment that the first window shows, as a jump link. full_screen: windows fill it from the start.
        display: nobody is there to sign in: it comes in by a token.
        renewal: of an engine of this machine; ends the run where somebody asks for it.
        engine_here: the engine runs in this process, and ends with it.
        first_shown: called when the first window is on screen.
        sites: several to choose from, in place of the door of one.

    Raises:
        EnvironmentFault: `no_display`; `screenshot`: a picture could not be written.
    """
    app = make_application()
    linecache.clearcache()  # Qt's import hook has read the source of every module, which is kept there
    remembered = Remembered.in_folder(data_folder)
    know_keys_of(data_folder)
    console = Console(
        door,
        remembered,
        SystemClock(),
        app.quit,
        link,
        full_screen=full_screen,
        display=display,
        engine_here=engine_here,
        first_shown=first_shown,
        sites=sites,
    )
    faults: list[EnvironmentFault] = []
    if demo_port is not None:
        console.open_window(demo_port)
        if screenshots is None and console.window is not None:
            _welcome(console.window, attended=seconds is None)
    else:
        console.enter()
    tour = _tour(console, screenshots, seconds, app.quit, faults)
    renewing = None if renewal is None else Renewing(renewal, console)
    if renewing is not None:
        renewing.renews.connect(app.quit)
    if seconds is not None and tour is None:
        QTimer.singleShot(round(seconds * 1000), console, app.quit)  # not the application, which may run again
    with ends_by_signal(app.quit), _bugs_logged(), collected_here():
        app.exec()
        if renewing is not None:
            renewing.close()
        console.close()
        app.processEvents()
    if faults:
        raise faults[0]
    return 0


def _welcome(window: MainWindow, attended: bool) -> None:
    """To the demo: first what lets it find people, unless nobody is there to be asked; then the tour."""
    if attended:
        window.offer_person_detector(window.offer_tour)
    else:
        window.offer_tour()


@contextmanager
def _bugs_logged() -> Iterator[None]:
    """The UI thread's top: what a slot raises is logged with its traceback, and the application goes on."""
    before = sys.excepthook
    sys.excepthook = lambda kind, error, trace: _LOG.error("A bug in the console", exc_info=(kind, error, trace))
    try:
        yield
    finally:
        sys.excepthook = before


def _paced_tour(window: MainWindow, folder: Path, seconds: float) -> ScreenshotTour:
    """Most of the time on the first page, so that people have come and gone when it is taken; the rest shared by the others."""
    pages = len(window.page_ids())
    return ScreenshotTour(
        window,
        folder,
        page_wait_s=0.06 * seconds / pages,
        settle_s=min(0.5, 0.02 * seconds / pages),
        first_s=0.62 * seconds,
        page_s=0.28 * seconds / max(1, pages - 1),
    )


def _tour(
    console: Console, folder: Path | None, seconds: float | None, quit_: Callable[[], None], faults: list[EnvironmentFault]
) -> ScreenshotTour | None:
    """Pictures of all pages in the last part of the run; it lasts as long as it was to last, or as long as the pictures take."""
    if folder is None or console.window is None:
        return None
    started_s = time.monotonic()
    tour = _paced_tour(console.window, folder, seconds or _TOUR_S)

    def on_tour_end() -> None:
        left_s = (seconds or 0.0) - (time.monotonic() - started_s)
        QTimer.singleShot(max(0, round(left_s * 1000)), console, quit_)

    def on_tour_error(fault: EnvironmentFault) -> None:
        faults.append(fault)
        quit_()

    tour.finished.connect(on_tour_end)
    tour.failed.connect(on_tour_error)
    tour.start()
    return tour


def _left_out(port: EnginePort) -> frozenset[Capability]:
    """What the engine does without; nothing, where it does not answer yet."""
    try:
        return frozenset(port.snapshot().left_out)
    except WatchroomError:
        return frozenset()
