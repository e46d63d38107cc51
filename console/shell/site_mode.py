"""How the site is armed: home, away, night. Shown in the status bar, changed there after one question."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDialog, QMenu, QToolButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog, open_dialog
from console.pages.alerts.words import zones_armed
from console.words import error_text, permit
from engine.model.accounts.access import Session, Verb
from engine.model.alerts.commands import SetSiteMode
from engine.model.alerts.settings import SiteMode
from engine.model.errors import WatchroomError
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_words import mode_word
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import inside, tr


def _modes(snapshot: Snapshot) -> tuple[tuple[str, SiteMode], ...]:
    """Name and mode of each site that is shown."""
    if not snapshot.several_sites:
        return (("", snapshot.settings.alerts.mode),)
    return tuple((site.name, site.settings.alerts.mode) for site in snapshot.sites if site.shown and site.settings is not None)


class SiteModeButton(QToolButton):
    """Signals: chosen(SiteMode): another mode is asked for."""

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: object = None
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(self, "quiet")
        self._may = session.may(Verb.ACKNOWLEDGE)
        permit(self, session, Verb.ACKNOWLEDGE)
        self.modes: dict[SiteMode, QAction] = {}
        self._menu = self._make_menu()
        self.clicked.connect(self._pop)
        self.hide()

    def _make_menu(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        for mode in SiteMode:
            action = QAction(mode_word(mode), menu, checkable=True)
            on(action.triggered, self.chosen.emit, mode)
            group.addAction(action)
            menu.addAction(action)
            self.modes[mode] = action
        return menu

    def _pop(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, -self._menu.sizeHint().height())))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        settings, modes = snapshot.settings, _modes(snapshot)
        if (settings, modes) == self._shown:
            return
        self._shown = settings, modes
        self._show_settings(settings)
        if len({mode for _, mode in modes}) > 1:
            self._show_modes(modes)
        self.show()

    def _show_modes(self, modes: tuple[tuple[str, SiteMode], ...]) -> None:
        """Of sites that are not in the same."""
        said = "\n".join(tr("{0}: {1}").format(site, mode_word(mode)) for site, mode in modes)
        self.setText(tr("Site modes differ"))
        self.setAccessibleName(tr("Site mode {0}").format(said))
        if self._may:
            self.setToolTip(plain_tip(said))
        for action in self.modes.values():
            action.setChecked(False)

    def _show_settings(self, settings: Settings) -> None:
        mode, zones = settings.alerts.mode, settings.alerts.armed()
        self.setText(tr("Site mode: {0}").format(mode_word(mode)) if not zones else tr("Armed: {0}").format(inside(mode_word(mode))))
        self.setIcon(icon("lock" if zones else "lock-open"))
        said = f"{mode_word(mode)}: {zones_armed(zones, settings)}"
        self.setAccessibleName(tr("Site mode {0}").format(said))
        if self._may:
            self.setToolTip(plain_tip(said))
        for each, action in self.modes.items():
            action.setText(f"{mode_word(each)}: {zones_armed(dict(settings.alerts.armed_zones).get(each, ()), settings)}")
            action.setChecked(each is mode)


class SiteModeDialog(FramedDialog):
    """Says what will be armed before it is."""

    def __init__(self, mode: SiteMode, settings: Settings, parent: QWidget | None = None) -> None:
        zones = dict(settings.alerts.armed_zones).get(mode, ())
        said = zones_armed(zones, settings)
        armed = tr("In this mode: {0}. An unidentified person there raises an alert.")
        what = armed if zones else tr("In this mode no zone is armed. People in zones raise no alerts.")
        super().__init__(tr("Change the site to {0}?").format(inside(mode_word(mode))), what.format(said), width=460, parent=parent)
        self.add_cancel(tr("&Leave it"))
        self.go = self.add_button(tr("&Change to {0}").format(inside(mode_word(mode))), "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)


def ask_for_mode(bridge: EngineBridge, toasts: ToastArea, snapshot: Snapshot, mode: SiteMode, over: QWidget) -> None:
    """One question, then the command, with undo."""
    modes = {each for _, each in _modes(snapshot)}
    if modes == {mode}:
        return
    before = None if snapshot.several_sites else snapshot.settings.alerts.mode
    dialog = SiteModeDialog(mode, snapshot.settings, over)
    dialog.finished.connect(lambda answer: _tell(bridge, toasts, mode, before) if answer == QDialog.DialogCode.Accepted else None)
    open_dialog(dialog)


def _tell(bridge: EngineBridge, toasts: ToastArea, mode: SiteMode, before: SiteMode | None) -> None:
    def announce_mode(_: str) -> None:
        toast = toasts.show_message(tr("The site is in mode {0}.").format(inside(mode_word(mode))), "good", tr("Undo") if before else "")
        if before is not None:
            toast.action_requested.connect(partial(_tell, bridge, toasts, before, None))

    def show_mode_error(error: WatchroomError) -> None:
        toasts.show_message(error_text(error), "critical", seconds=12)

    bridge.command(SetSiteMode(mode), announce_mode, show_mode_error, owner=toasts)
