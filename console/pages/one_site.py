"""A page of which each site has its own: one site at a time, chosen above it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QLabel, QStackedWidget

from console.bridge import EngineBridge
from console.pages.page import Page, PageContext, ShortcutNote
from console.palette.commands_catalogue import Action
from console.sites.away import away_text
from console.sites.site_bridges import SiteBridges
from engine.gateway.federation.ids import qualified, split
from engine.model.sites import SiteState
from engine.model.snapshot import Snapshot
from widgets.fields.choices import replace_choices
from widgets.fields.elided_combo import ElidedCombo
from widgets.layout.boxes import make_column, make_row
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notice

_WIDTH = 280
_Make = Callable[[PageContext], Page]


class OneSitePage(Page):
    """Holds the page of each site that was looked at. UI thread."""

    moves = True  # the page within may show what moves

    def __init__(self, context: PageContext, sites: SiteBridges, make: _Make, dress: Callable[[Page], None]) -> None:
        """`make`: the page of one site; dress: its keys and sizes, as for any page."""
        super().__init__()
        self._context, self._sites, self._make, self._dress = context, sites, make, dress
        self._pages: dict[str, Page] = {}
        self.choice = ElidedCombo()
        self.choice.setFixedWidth(_WIDTH)
        self.choice.setAccessibleName(self.tr("Site"))
        self.away = Notice()
        self._stack = QStackedWidget()
        self._nothing = EmptyState(
            "server", self.tr("No site yet"), self.tr("This page shows one site at a time. Its site is not connected yet.")
        )
        self._stack.addWidget(self._nothing)
        label = QLabel(self.tr("S&ite"))
        label.setBuddy(self.choice)
        head = make_row(spacing=8, margins=(24, 12, 24, 0))
        head.addWidget(label)
        head.addWidget(self.choice)
        head.addWidget(self.away, 1)
        head.addStretch(0)
        column = make_column(self, spacing=0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.choice.activated.connect(lambda _: sites.choose(str(self.choice.currentData())))
        sites.chosen.connect(self._show_chosen)
        sites.parted.connect(self._drop_page)

    @property
    def page(self) -> Page | None:
        """That of the site that is chosen."""
        return self._pages.get(self._sites.key)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._show_sites(snapshot.sites)
        self._show_chosen(self._sites.key)

    def _show_sites(self, sites: tuple[SiteState, ...]) -> None:
        replace_choices(self.choice, {site.key: site.name for site in sites}, first=0)
        self.choice.setCurrentIndex(self.choice.findData(self._sites.key))
        chosen = next((site for site in sites if site.key == self._sites.key), None)
        self.away.set_notice("" if chosen is None else away_text(chosen))

    def _show_chosen(self, key: str) -> None:
        if not self.isVisible():
            return
        self.choice.setCurrentIndex(self.choice.findData(key))
        bridge = self._sites.bridge(key) if key else None
        if bridge is None:
            self._stack.setCurrentWidget(self._nothing)
            return
        page = self._page_of(key, bridge)
        if self._stack.currentWidget() is not page:
            if isinstance(before := self._stack.currentWidget(), Page):
                before.leave()
            self._stack.setCurrentWidget(page)
        if bridge.snapshot is not None:
            page.show_snapshot(bridge.snapshot)

    def _page_of(self, key: str, bridge: EngineBridge) -> Page:
        if key not in self._pages:
            page = self._make(replace(self._context, bridge=bridge))
            page.visit_requested.connect(lambda page_id, what: self.visit_requested.emit(page_id, qualified(key, what)))
            self._dress(page)
            self._stack.addWidget(page)
            self._pages[key] = page
        return self._pages[key]

    def _drop_page(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._stack.removeWidget(page)
            page.shutdown()
            page.deleteLater()

    def visit(self, what: str) -> None:
        """Something of one site, which is chosen for that; or a part of the page."""
        found = split(what)
        if found is not None:
            self._sites.choose(found[0])
        if self.page is not None:
            self.page.visit(what if found is None else found[1])

    def actions(self) -> tuple[Action, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]  # as of Page
        return () if self.page is None else self.page.actions()

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return () if self.page is None else self.page.shortcut_notes()

    def has_content(self) -> bool:
        return self.page is not None and self.page.has_content()

    def leave(self) -> None:
        if self.page is not None:
            self.page.leave()

    def shutdown(self) -> None:
        for page in self._pages.values():
            page.shutdown()
        super().shutdown()
