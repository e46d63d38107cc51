"""Which sites the console shows: all, or some. Stands first in the status bar, says how they answer, and keeps the choice."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from console.sites.away import away_text
from engine.model.event import Severity
from engine.model.sites import SiteReach, SiteState
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.shapes import role_icon
from widgets.signals import on
from widgets.theme import set_role, severity_word
from widgets.translation import tr

_WIDEST = 260  # pixels of its words
_NAMED = 2  # sites that are named; more are counted


class _TickMenu(QMenu):
    """Stays open while sites are ticked, so that several can be chosen at once."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)


class SitesButton(QToolButton):
    """Signals: chosen(keys): a tuple, or None: all. list_wanted(): the list of sites."""

    chosen = Signal(object)
    list_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sites: tuple[SiteState, ...] = ()
        self._told: tuple[object, ...] = ()
        self._words = ""
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAccessibleName(tr("Sites shown"))
        set_role(self, "quiet")
        self.menu_of_sites = _TickMenu(self)
        self.menu_of_sites.setToolTipsVisible(True)
        self.all_sites = QAction(tr("&All sites"), self, checkable=True)
        self.all_sites.triggered.connect(lambda: self._choose(None))
        self.ticks: dict[str, QAction] = {}
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> None:
        self.menu_of_sites.popup(self.mapToGlobal(QPoint(0, -self.menu_of_sites.sizeHint().height())))

    def show_sites(self, sites: tuple[SiteState, ...]) -> None:
        told = tuple(
            (site.key, site.name, site.reach, site.since_ns, site.copied, site.shown, site.open_alerts, site.worst_alert) for site in sites
        )
        if told == self._told:
            return
        self._told, self._sites = told, sites
        self._fill_menu()
        self._words = shown_words(sites)
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, _WIDEST))
        level = _level(sites)
        self.setIcon(icon("server") if not level else role_icon("diamond", level))
        self.setIconSize(QSize(16, 16))
        self.setToolTip(plain_tip("\n".join((self._words, *(_line(site) for site in sites)))))
        self.setAccessibleDescription(self._words)

    def _fill_menu(self) -> None:
        if tuple(self.ticks) != tuple(site.key for site in self._sites):
            self._make_menu()
        shown = [site for site in self._sites if site.shown]
        self.all_sites.setChecked(len(shown) == len(self._sites))
        for site in self._sites:
            tick = self.ticks[site.key]
            tick.setText(_line(site).replace("&", "&&"))
            tick.setChecked(site.shown)

    def _make_menu(self) -> None:
        menu = self.menu_of_sites
        menu.clear()
        menu.addAction(self.all_sites)
        menu.addSeparator()
        self.ticks = {}
        for site in self._sites:
            tick = menu.addAction("")
            tick.setCheckable(True)
            on(tick.triggered, self._tick, site.key)
            self.ticks[site.key] = tick
        menu.addSeparator()
        self._add_list()

    def _add_list(self) -> None:
        action = self.menu_of_sites.addAction(icon("settings"), tr("&Sites…"))
        action.triggered.connect(self.list_wanted)

    def _tick(self, key: str) -> None:
        """Where all were shown, one that is clicked is the one to be shown."""
        shown = {site.key for site in self._sites if site.shown}
        if len(shown) == len(self._sites):
            shown = {key}
        else:
            shown ^= {key}
        self._choose(tuple(site.key for site in self._sites if site.key in shown))

    def _choose(self, keys: tuple[str, ...] | None) -> None:
        """None, or all of them, is all."""
        self.chosen.emit(None if not keys or len(keys) == len(self._sites) else keys)
        self._fill_menu()


def shown_words(sites: tuple[SiteState, ...]) -> str:
    """What is shown, who is away, and what waits where nothing is shown."""
    shown = [site for site in sites if site.shown]
    names = ", ".join(site.name for site in shown)
    if len(shown) == len(sites):
        what = names if len(sites) <= 1 else tr("{0} sites").format(number_text(len(sites)))
    elif len(shown) <= _NAMED:
        what = names
    else:
        what = tr("{0} of {1} sites").format(number_text(len(shown)), number_text(len(sites)))
    away = sum(site.reach is not SiteReach.ONLINE for site in shown)
    gone = tr("{0} away").format(number_text(away)) if away else ""
    return " · ".join(part for part in (what, gone, _elsewhere(sites)) if part)


def _elsewhere(sites: tuple[SiteState, ...]) -> str:
    """The alerts of the sites that are not shown."""
    hidden = [site for site in sites if not site.shown]
    count = sum(site.open_alerts for site in hidden)
    worst = max((site.worst_alert for site in hidden if site.worst_alert is not None), default=None)
    if worst is None:
        return ""
    return tr("elsewhere {0} open, worst {1}").format(number_text(count), severity_word(Severity(worst)))


def _line(site: SiteState) -> str:
    away = away_text(site)
    alerts = "" if not site.open_alerts else tr("{0} open alerts").format(number_text(site.open_alerts))
    return " · ".join(part for part in (site.name, away, alerts) if part)


def _level(sites: tuple[SiteState, ...]) -> str:
    """The role of its icon: what a hidden site has that is grave, or that a shown one is away."""
    worst = max((site.worst_alert for site in sites if not site.shown and site.worst_alert is not None), default=None)
    if worst is not None and worst >= Severity.HIGH:
        return "critical" if worst is Severity.CRITICAL else "high"
    return "moderate" if any(site.reach is not SiteReach.ONLINE for site in sites) else ""
