"""Two tables: sites with what they have of a template and what became of it there, and single fields that differ or would change."""

from collections.abc import Mapping, Set
from collections.abc import Sequence as Several

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from console.dialogs.setting_words import field_words, value_words
from console.dialogs.sites.template_words import NONE, applied_words, order_words, trial_words, why_words
from engine.model.settings import Settings
from engine.model.templates import OrderState, SiteTemplates, TemplateOrder
from engine.model.upkeep import SettingChange
from engine.model.value_class import dataclass
from widgets.engine_text import translate_engine_text
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import role_icon
from widgets.time_text import short_clock_text
from widgets.translation import tr

_FAILED = frozenset({OrderState.REFUSED, OrderState.CHANGED, OrderState.EXPIRED, OrderState.REPLACED})
_SITE_PX, _APPLIED_PX, _RESULT_PX, _ALERTS_PX, _TIME_PX, _VALUE_PX, _CHANGED_PX = 190, 250, 230, 150, 140, 120, 170


@dataclass(frozen=True, slots=True)
class FieldRow:
    """`refused`: why the site does not take it; empty: it does. changed: when and by whom it was changed last."""

    site: str
    change: SettingChange
    refused: str = ""
    changed: str = ""


class _Table(QTableWidget):
    """Read only; whole rows; Tab goes on to the next field."""

    def __init__(self, name: str, headings: Several[str], widths: Several[int], parent: QWidget | None = None) -> None:
        """`widths`: pixels at 100 % text; 0: takes what is left."""
        super().__init__(0, len(headings), parent)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setIconSize(QSize(14, 14))
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(widths):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive if width else QHeaderView.ResizeMode.Stretch)
            if width:
                header.resizeSection(column, scaled(width))

    def put_text(self, row: int, column: int, text: str, tip: str = "", role: str = "") -> QTableWidgetItem:
        """`role`: a mark before it in that colour."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setText(text)
        item.setToolTip(plain_tip(tip or text))
        if role:
            item.setIcon(role_icon("diamond", role))
        else:
            item.setData(Qt.ItemDataRole.DecorationRole, None)
        return item


class SitesTable(_Table):
    """Signals: chosen(): a site was ticked, or no longer, by the user."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        headings = (tr("Site"), tr("Applied there"), tr("Known at"), tr("Result"), tr("Alerts in 7 days"))
        super().__init__(tr("Sites"), headings, (0, _APPLIED_PX, _TIME_PX, _RESULT_PX, _ALERTS_PX), parent)
        self._ticks: dict[str, QTableWidgetItem] = {}  # by key of the site
        self.itemChanged.connect(self._tell_chosen)

    def _tell_chosen(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self.chosen.emit()

    def set_sites(self, names: Mapping[str, str], new_ticked: Set[str]) -> None:
        """By key; those that are ticked stay so, and new ones are where `new_ticked` has them."""
        if list(names) == list(self._ticks):
            return
        ticked = (new_ticked - self._ticks.keys()) | set(self.ticked())
        self.blockSignals(True)
        self._ticks = {}
        self.setRowCount(len(names))
        for row, (key, name) in enumerate(names.items()):
            item = self._ticks[key] = self.put_text(row, 0, name)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if key in ticked else Qt.CheckState.Unchecked)
        self.blockSignals(False)

    def ticked(self) -> tuple[str, ...]:
        """Keys, in the order of the rows."""
        return tuple(key for key, item in self._ticks.items() if item.checkState() is Qt.CheckState.Checked)

    def tick(self, key: str, ticked: bool) -> None:
        self._ticks[key].setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def show_states(
        self, template: str, newest: int, told: Mapping[str, SiteTemplates], orders: Mapping[str, TemplateOrder], now_ns: int
    ) -> None:
        """By key of the site."""
        self.blockSignals(True)
        for row, key in enumerate(self._ticks):
            self._show_applied(row, template, newest, told.get(key, SiteTemplates(key)), now_ns)
            self._show_order(row, orders.get(key))
        self.blockSignals(False)

    def _show_applied(self, row: int, template: str, newest: int, site: SiteTemplates, now_ns: int) -> None:
        found = next((each for each in site.applied if each.template == template), None)
        off = found is not None and (bool(found.differs) or found.version < newest)
        self.put_text(row, 1, applied_words(site, template, newest), role="moderate" if off else "")
        self.put_text(row, 2, NONE if site.told_ns is None else short_clock_text(site.told_ns, now_ns))

    def _show_order(self, row: int, order: TemplateOrder | None) -> None:
        if order is None:
            self.put_text(row, 3, NONE)
            self.put_text(row, 4, NONE)
            return
        outcome = order.outcome
        failed = outcome.state in _FAILED or bool(outcome.refusals)
        why = why_words(outcome)
        self.put_text(row, 3, order_words(order), "\n".join(filter(None, (order_words(order), why))), "moderate" if failed else "")
        self.put_text(row, 4, trial_words(outcome.trial), why if outcome.trial is not None else "")


class FieldsTable(_Table):
    """Fields of sites, or of a template where `of_sites` is False."""

    def __init__(self, name: str, now: str, then: str, *, of_sites: bool = True, parent: QWidget | None = None) -> None:
        """`now`, `then`: headings of the values."""
        headings = (tr("Site"), tr("Setting"), now, then, tr("Last change"))
        super().__init__(name, headings, (_SITE_PX, 0, _VALUE_PX, _VALUE_PX, _CHANGED_PX), parent)
        self.setColumnHidden(0, not of_sites)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)  # long names go on below

    def set_values_headings(self, now: str, then: str) -> None:
        self.setHorizontalHeaderLabels([tr("Site"), tr("Setting"), now, then, tr("Last change")])

    def show_rows(self, rows: Several[FieldRow], settings: Settings) -> None:
        """`settings`: say what rules are called."""
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            self._show_row(number, row, settings)
        self.setColumnHidden(4, not any(row.changed for row in rows))

    def _show_row(self, number: int, row: FieldRow, settings: Settings) -> None:
        self.put_text(number, 0, row.site)
        field = row.change.field
        setting = field_words(field, settings) if field else ""
        if row.refused:
            refused = tr("Refused: {0}").format(translate_engine_text(row.refused))
            self.put_text(number, 1, f"{setting}\n{refused}".strip(), f"{field}\n{refused}".strip(), "moderate")
        else:
            self.put_text(number, 1, setting, f"{setting}\n{field}")
        self.put_text(number, 2, NONE if row.refused else value_words(row.change.now))
        self.put_text(number, 3, NONE if row.refused else value_words(row.change.then))
        self.put_text(number, 4, row.changed)
