"""Rules and settings for several sites of a hub: templates with their versions, tried at sites, applied there, and how sites differ."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QSplitter, QStackedWidget, QWidget

from console.courier import Courier
from console.dialogs.frame import FramedDialog, open_dialog
from console.dialogs.sites.template_edit import EditTemplateDialog, TakeTemplateDialog
from console.dialogs.sites.template_tables import FieldRow, FieldsTable, SitesTable
from console.dialogs.sites.template_words import version_words
from console.sites.template_hub import TemplateHub
from engine.model.errors import WatchroomError
from engine.model.settings import Settings
from engine.model.templates import OrderAct, OrderState, SiteTemplates, Template, TemplateOrder, TemplateVersion
from engine.model.time import Clock, SystemClock
from engine.model.upkeep import SettingChange
from engine.runtime.templates.template_text import template_text
from engine.runtime.templates.template_values import differences_of, with_values
from widgets.fields.elided_combo import ElidedCombo
from widgets.fields.line_editor import LineEditor
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.tabs import Tabs
from widgets.marks.empty_state import EmptyState
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.time_text import short_clock_text
from widgets.toml_colors import TomlColors
from widgets.translation import tr

LOOK_MS = 1_000
"""Between two looks for answers of sites."""
_DRIFT_LOOKS = 5  # every so many, what sites tell of themselves is asked too
_ID = Qt.ItemDataRole.UserRole


class TemplatesDialog(FramedDialog):
    """For an administrator of a hub. `sites`: names by key."""

    def __init__(self, hub: TemplateHub, sites: Mapping[str, str], parent: QWidget | None = None, clock: Clock | None = None) -> None:
        lead = tr("A dry run asks the sites what a template would change. Nothing changes until you apply it.")
        super().__init__(tr("Rules and settings for several sites"), lead, parent=parent)
        self._hub, self.names, self._clock = hub, dict(sites), clock or SystemClock()
        self._templates: tuple[Template, ...] = ()
        self._versions: tuple[TemplateVersion, ...] = ()  # of the template that is chosen, newest first
        self._told: dict[str, SiteTemplates] = {}
        self._orders: dict[str, TemplateOrder] = {}  # by site, of the version that is chosen
        self._asking, self._looks = False, 0
        self._courier = Courier(self, workers=2)
        self.finished.connect(lambda _result: self._courier.close())
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.finished.connect(lambda _result: self._timer.stop())
        self._build_parts()
        self._lay_out_parts()
        self._connect_parts()
        self.resize(1330, 780)
        self._show_all()
        self._load()
        self._timer.start()

    def _build_parts(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Templates"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.new = QPushButton(icon("plus"), tr("&New from a site…"))
        self.edit = QPushButton(icon("pencil"), tr("&Edit…"))
        self.version = ElidedCombo()
        self.sites = SitesTable()
        self.changes = FieldsTable(tr("Changes at the sites"), tr("Now"), tr("Template"))
        self.against = FieldsTable(tr("Changes from the version before"), tr("Before"), tr("This version"), of_sites=False)
        self.text = LineEditor()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Contents"))
        self._colors = TomlColors(self.text.document())
        self.heading_of_changes = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.empty = EmptyState(
            "settings",
            tr("No templates yet"),
            tr("Create the first one from the rules and settings of a site. The site has to accept settings from the hub."),
            tr("New from a site…"),
        )

    def _lay_out_parts(self) -> None:
        left = QWidget()
        column = make_column(left, spacing=8, margins=NO_MARGINS)
        column.addWidget(self.list, 1)
        hands = make_row(spacing=6)
        hands.addWidget(self.new)
        hands.addWidget(self.edit)
        column.addLayout(hands)
        self.tabs = Tabs(framed=True)
        at_sites = QWidget()
        of_changes = make_column(at_sites, spacing=8, margins=(8, 8, 8, 8))
        set_role(self.heading_of_changes, "secondary")
        of_changes.addWidget(self.heading_of_changes)
        of_changes.addWidget(self.changes, 1)
        for page, name in ((at_sites, tr("At the sites")), (self.against, tr("Changes of this version")), (self.text, tr("Contents"))):
            self.tabs.addTab(page, name)
        right = QWidget()
        rows = make_column(right, spacing=8, margins=(12, 0, 0, 0))
        chosen = make_row(spacing=8)
        label = QLabel(tr("&Version"))
        label.setBuddy(self.version)
        chosen.addWidget(label)
        chosen.addWidget(self.version, 1)
        rows.addLayout(chosen)
        rows.addWidget(self.sites, 2)
        rows.addWidget(self.tabs, 3)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([270, 930])
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(split)
        self.body.addWidget(self.pages, 1)
        self.add_cancel(tr("&Close"))
        self.try_button = self.add_button(tr("&Dry run"))
        self.apply_button = self.add_button(tr("&Apply"), "primary")

    def _connect_parts(self) -> None:
        self.list.currentItemChanged.connect(self._template_chosen)
        self.version.currentIndexChanged.connect(self._version_chosen)
        self.sites.chosen.connect(self._show_all)
        self.new.clicked.connect(self._take)
        self.empty.action_requested.connect(self._take)
        self.edit.clicked.connect(self._edit)
        self.try_button.clicked.connect(self._dry_run)
        self.apply_button.clicked.connect(self._apply)

    # What the hub has

    def _load(self, wanted: str = "") -> None:
        """`wanted`: the id of the template that is shown then; empty: as now."""
        self._courier.fetch(self._hub.all, partial(self._show_templates, wanted), self.show_error)
        self._courier.fetch(self._hub.drift, self._show_drift, self.show_error)

    def _show_templates(self, wanted: str, templates: tuple[Template, ...]) -> None:
        wanted = wanted or self._template_id()
        self._templates = templates
        with QSignalBlocker(self.list):
            self.list.clear()
            for each in templates:
                item = QListWidgetItem(each.name)
                item.setData(_ID, each.id)
                item.setToolTip(plain_tip(each.name))
                self.list.addItem(item)
        self.pages.setCurrentIndex(1 if templates else 0)
        row = next((number for number, each in enumerate(templates) if each.id == wanted), 0)
        if templates:
            self.list.setCurrentRow(row)
        self._show_all()

    def _show_drift(self, told: tuple[SiteTemplates, ...]) -> None:
        self._told = {each.site: each for each in told}
        accepting = {each.site for each in told if each.accepts}
        self.sites.set_sites({each.site: self.names.get(each.site, each.site) for each in told}, accepting)
        self._show_all()

    def _template_id(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_ID))

    def template(self) -> Template | None:
        return next((each for each in self._templates if each.id == self._template_id()), None)

    def chosen_version(self) -> TemplateVersion | None:
        index = self.version.currentIndex()
        return self._versions[index] if 0 <= index < len(self._versions) else None

    def _template_chosen(self) -> None:
        self._versions, self._orders = (), {}
        template = self.template()
        if template is not None:
            self._courier.fetch(partial(self._hub.versions, template.id), partial(self._show_versions, template.id), self.show_error)

    def _show_versions(self, template_id: str, versions: tuple[TemplateVersion, ...]) -> None:
        if template_id != self._template_id():
            return
        self._versions = versions
        now_ns = self._clock.now_ns()
        with QSignalBlocker(self.version):
            self.version.clear()
            self.version.addItems([version_words(each, now_ns) for each in versions])
        self._version_chosen()

    def _version_chosen(self) -> None:
        self._orders = {}
        version = self.chosen_version()
        self.text.setPlainText("" if version is None else template_text(version.values))
        self._show_against(version)
        self._show_all()

    def _show_against(self, version: TemplateVersion | None) -> None:
        before = None if version is None else next((each for each in self._versions if each.number < version.number), None)
        self.tabs.setTabVisible(1, before is not None)
        if version is None or before is None:
            return
        self.against.set_values_headings(*(tr("Version {0}").format(number_text(each.number)) for each in (before, version)))
        rows = [FieldRow("", change) for change in differences_of(before.values, version.values)]
        self.against.show_rows(rows, _named_settings(before, version))

    # Orders

    def _dry_run(self) -> None:
        self._order(OrderAct.DRY_RUN, self.sites.ticked())

    def _apply(self) -> None:
        self._order(OrderAct.APPLY, self._ready())

    def _order(self, act: OrderAct, sites: Sequence[str]) -> None:
        version = self.chosen_version()
        if version is None or not sites:
            return
        self.show_trouble("")
        self._asking = True
        self.tabs.setCurrentIndex(0)
        ask = self._hub.apply if act is OrderAct.APPLY else self._hub.dry_run
        self._courier.fetch(partial(ask, version.template, version.number, sites), partial(self._take_orders, version), self._show_refusal)
        self._show_all()

    def _take_orders(self, version: TemplateVersion, orders: tuple[TemplateOrder, ...]) -> None:
        self._asking = False
        if version is self.chosen_version():
            self._orders |= {each.site: each for each in orders}
        self._show_all()

    def _show_refusal(self, error: WatchroomError) -> None:
        self._asking = False
        self.show_error(error)
        self._show_all()

    def _look(self) -> None:
        """For answers, while some are awaited; now and then for what sites tell."""
        if not self._courier.idle:
            return
        waiting = [each.id for each in self._orders.values() if each.outcome.state is OrderState.WAITING]
        version = self.chosen_version()
        if waiting and version is not None:
            self._courier.fetch(partial(self._hub.orders, waiting), partial(self._take_orders, version), self.show_error)
        self._looks += 1
        if self._looks % _DRIFT_LOOKS == 0 or waiting:
            self._courier.fetch(self._hub.drift, self._show_drift, self.show_error)

    def _ready(self) -> tuple[str, ...]:
        """Sites that are ticked and would take all of this version, by their dry run."""
        return tuple(site for site in self.sites.ticked() if (order := self._orders.get(site)) is not None and _would_take(order))

    # On screen

    def _show_all(self) -> None:
        template, version = self.template(), self.chosen_version()
        if template is not None:
            self.sites.show_states(template.id, template.newest, self._told, self._orders, self._clock.now_ns())
        self._show_changes(version)
        ready, ticked = self._ready(), self.sites.ticked()
        self.edit.setEnabled(version is not None)
        self.try_button.setEnabled(version is not None and bool(ticked) and not self._asking)
        self.apply_button.setEnabled(bool(ready) and not self._asking)
        count = len(ready)
        words = tr("&Apply to 1 site") if count == 1 else tr("&Apply to {0} sites").format(number_text(count))
        self.apply_button.setText(words if count else tr("&Apply"))
        self.apply_button.setToolTip("" if count else plain_tip(tr("Run a dry run first.")))

    def _show_changes(self, version: TemplateVersion | None) -> None:
        sites = self.sites.ticked()
        tried = [row for site in sites if site in self._orders for row in self._order_rows(self._orders[site])]
        rows = tried if self._orders else [row for site in self._told for row in self._drift_rows(site)]
        applied = any(order.act is OrderAct.APPLY for order in self._orders.values())
        if self._orders:
            empty = tr("No changes and no refusals")
            heading = tr("What was changed or refused") if applied else tr("What this version would change")
        else:
            empty = tr("No differences from the applied version. A dry run shows what this version would change.")
            heading = tr("Differences from the applied version")
        self.heading_of_changes.setText(heading if rows else empty)
        self.changes.set_values_headings(tr("Before") if applied else tr("Now"), tr("Template"))
        self.changes.show_rows(rows, Settings() if version is None else _named_settings(version))

    def _order_rows(self, order: TemplateOrder) -> list[FieldRow]:
        name = self.names.get(order.site, order.site)
        refused = [FieldRow(name, SettingChange(each.field, "", ""), each.message) for each in order.outcome.refusals]
        return [*refused, *(FieldRow(name, change) for change in order.outcome.changes)]

    def _drift_rows(self, site: str) -> list[FieldRow]:
        told = self._told.get(site, SiteTemplates(site))
        name, now_ns = self.names.get(site, site), self._clock.now_ns()
        return [
            FieldRow(name, SettingChange(each.field, each.now, each.then), "", _changed_words(each.changed_ns, each.changed_by, now_ns))
            for applied in told.applied
            if applied.template == self._template_id()
            for each in applied.differs
        ]

    # Further dialogs

    def _take(self) -> None:
        dialog = TakeTemplateDialog(self._hub, {key: self.names.get(key, key) for key in self._told}, parent=self)
        dialog.saved.connect(self._show_saved)
        open_dialog(dialog)

    def _edit(self) -> None:
        template, version = self.template(), self.chosen_version()
        if template is None or version is None:
            return
        dialog = EditTemplateDialog(self._hub, template.name, version, self)
        dialog.saved.connect(self._show_saved)
        open_dialog(dialog)

    def _show_saved(self, version: TemplateVersion) -> None:
        self._load(version.template)


def _would_take(order: TemplateOrder) -> bool:
    return order.act is OrderAct.DRY_RUN and order.outcome.state is OrderState.ANSWERED and not order.outcome.refusals


def _named_settings(*versions: TemplateVersion) -> Settings:
    """With the rules of these versions, so that they can be called by their names."""
    settings = Settings()
    for version in versions:
        try:
            settings = with_values(settings, version.values)
        except WatchroomError:  # another version of this program made it
            continue
    return settings


def _changed_words(at_ns: int | None, by: str, now_ns: int) -> str:
    return tr("Not in the audit") if at_ns is None else f"{short_clock_text(at_ns, now_ns)} · {by}"
