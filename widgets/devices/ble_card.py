"""Everything about one Bluetooth device."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.model.time import Clock
from widgets.devices.ble_words import BleRow, ble_address, ble_notes, ble_state, ble_title, heard_by, is_gone, kind_word
from widgets.devices.signal_words import dbm_text, position_text, signal_share
from widgets.facts import Facts
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.level_bar import LevelBar
from widgets.marks.notice import Notices
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.time_text import clock_text, relative_text

_SCANNERS_SHOWN = 6


class BleCard(QFrame):
    """Shows one device; whoever owns it adds the buttons below with `add_below`. `scanner` names a scanner's id."""

    def __init__(self, clock: Clock, scanner: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._clock, self._scanner = clock, scanner
        self.name = ElidedLabel()
        set_role(self.name, "section")
        self.address = QLabel(textFormat=Qt.TextFormat.PlainText, textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.address, "secondary")
        self.chip = StatusChip()
        self.notices = Notices()
        self.facts = Facts()
        self.signals = QVBoxLayout()
        self.signals.setSpacing(0)
        self._bars: dict[str, LevelBar] = {}
        self._outer = QVBoxLayout(self)
        self._lay_out_card()

    def _lay_out_card(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        for part in (self.name, self.address, self.chip, self.notices):
            column.addWidget(part)
        column.addSpacing(4)
        column.addLayout(self.signals)
        column.addWidget(self.facts)
        column.addStretch()
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(scroll, 1)

    def add_below(self, widget: QWidget) -> None:
        """At the foot, always in sight."""
        self._outer.addWidget(widget)

    def show_device(self, row: BleRow) -> None:
        now_ns, view = self._clock.now_ns(), row.view
        self.name.setText(ble_title(row))
        self.address.setText(ble_address(row) + (self.tr(" · simulated") if view.simulated else ""))
        self.chip.set_status(*ble_state(row, now_ns))
        self.notices.set_notices(tuple((note.text, note.level) for note in ble_notes(row, now_ns)))
        self._show_signals(() if is_gone(view, now_ns) else heard_by(view)[:_SCANNERS_SHOWN])
        self.facts.set_facts(self._device_facts(row, now_ns))

    def _show_signals(self, heard: tuple[tuple[str, int], ...]) -> None:
        for gone in self._bars.keys() - {scanner for scanner, _ in heard}:
            bar = self._bars.pop(gone)
            bar.hide()
            bar.deleteLater()
        for scanner, rssi in heard:
            if scanner not in self._bars:
                self._bars[scanner] = LevelBar(self._scanner(scanner), 148)
                self.signals.addWidget(self._bars[scanner])
            self._bars[scanner].set_level(dbm_text(rssi), signal_share(rssi))

    def _device_facts(self, row: BleRow, now_ns: int) -> tuple[tuple[str, str], ...]:
        view = row.view
        person = row.person.name if row.person else self.tr("nobody") if row.settings else self.tr("not registered")
        kind = kind_word(row.settings.type) if row.settings else ""
        spread = self.tr(" ± {0} m").format(number_text(view.sigma_m, ".1f")) if view.sigma_m is not None else ""
        place = position_text(view.position) + spread if view.position and not is_gone(view, now_ns) else self.tr("unknown")
        own = view.address if view.rotates and view.address != ble_address(row) else ""
        return (
            (self.tr("Belongs to"), person),
            (self.tr("Kind"), kind),
            (self.tr("Identifies"), view.name),
            (self.tr("Maker"), view.company),
            (
                self.tr("Address"),
                self.tr("{0} now, changing").format(own) if own else self.tr("changing") if view.rotates else self.tr("fixed"),
            ),
            (self.tr("Position"), place),
            (self.tr("First seen"), clock_text(view.first_seen_ns, now_ns) if view.first_seen_ns else ""),
            (self.tr("Last seen"), self._last_seen_text(view.last_seen_ns, now_ns)),
        )

    def _last_seen_text(self, seen_ns: int, now_ns: int) -> str:
        if not seen_ns:
            return self.tr("not since the engine started")
        return f"{clock_text(seen_ns, now_ns)}, {relative_text(seen_ns, now_ns)}"
