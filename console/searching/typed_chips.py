"""Filters typed into the field above a list become chips below it, as in the search of the record."""

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.searching.chip_row import ChipRow
from console.searching.chip_words import chip_text, site_of
from engine.history.typed_search import FilterChip, FilterField, TypedSearch, chips_of, offered_chips, read_typed, with_chips, without_chip
from widgets.alerts.alert_filter_bar import AlertFilterBar
from widgets.events.event_filter_bar import EventFilterBar
from widgets.look import site_zone

OF_EVENTS = frozenset({FilterField.CAMERA, FilterField.PERSON, FilterField.ZONE, FilterField.KIND, FilterField.SEVERITY, FilterField.TIME})
OF_ALERTS = OF_EVENTS | {FilterField.RULE, FilterField.STATE}
_MOST_OFFERS = 2  # more would push the list down while somebody types


class TypedChips(QObject):
    """UI thread. A filter becomes a chip at a space behind its whole name, at Enter, and where its offer is chosen.

    `fields`: what rows of this list have; others stay words.
    """

    def __init__(self, bar: AlertFilterBar | EventFilterBar, bridge: EngineBridge, fields: frozenset[FilterField], parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._bridge, self._fields = bar, bridge, fields
        self.row = ChipRow()
        bar.add_chips(self.row)
        bar.text.textChanged.connect(self._on_text)
        bar.text.returnPressed.connect(self._take_all)
        bar.changed.connect(self._show_chips)
        self.row.removed.connect(self._remove_chip)
        self.row.added.connect(self._add_chip)

    def _read(self, text: str) -> TypedSearch | None:
        """None where nothing of it is a filter of these rows."""
        snapshot = self._bridge.snapshot
        typed = read_typed(text, site_of(snapshot)) if snapshot is not None and ":" in text else None
        fits = typed is not None and typed.chips and all(chip.field in self._fields for chip in typed.chips)
        return typed if fits else None

    def _on_text(self, text: str) -> None:
        typed = self._read(text) if text.endswith(" ") else None
        if typed is not None and all(chip.name.casefold() in text.casefold() for chip in typed.chips):
            self._take(typed)

    def _take_all(self) -> None:
        typed = self._read(self._bar.text.text())
        if typed is not None:
            self._take(typed)

    def _take(self, typed: TypedSearch) -> None:
        self._bar.set_limits(with_chips(self._bar.limits(), typed.chips))
        self._bar.text.setText(f"{typed.words} " if typed.words else "")

    def _add_chip(self, chip: FilterChip, words: str) -> None:
        self._bar.set_limits(with_chips(self._bar.limits(), [chip]))
        self._bar.text.setText(words)
        self._bar.text.setFocus()

    def _remove_chip(self, chip: FilterChip) -> None:
        self._bar.set_limits(without_chip(self._bar.limits(), chip))
        self._bar.text.setFocus()

    def _show_chips(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        site, now_ns, zone, text = site_of(snapshot), snapshot.at_ns, site_zone(), self._bar.text.text()
        chips = [(chip, chip_text(chip, now_ns, zone)) for chip in chips_of(self._bar.limits(), site)]
        offered = [pair for pair in offered_chips(text, site) if pair[0].field in self._fields] if text.strip() else []
        self.row.show_chips(chips, [(chip, chip_text(chip, now_ns, zone), left) for chip, left in offered[:_MOST_OFFERS]])
