"""Everything about one node."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.model.radio.radio import NodeState
from engine.model.time import MILLISECOND, Clock
from widgets.devices.node_words import UPDATING, NodeRow, node_name, node_notes, node_state, position_source_text, role_word, update_word
from widgets.devices.signal_words import (
    count_text,
    dbm_text,
    health_role,
    health_word,
    path_loss_text,
    position_text,
    rate_text,
    signal_share,
    signal_word,
)
from widgets.facts import Facts
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.level_bar import LevelBar
from widgets.marks.notice import Notices
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.time_text import clock_text, duration_text, relative_text


class NodeCard(QFrame):
    """Shows one node; whoever owns it adds the buttons below with `add_below`."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._clock = clock
        self.name = ElidedLabel()
        set_role(self.name, "section")
        self.address = QLabel(textFormat=Qt.TextFormat.PlainText, textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.address, "secondary")
        self.chip = StatusChip()
        self.notices = Notices()
        self.health, self.signal = LevelBar(self.tr("Links")), LevelBar(self.tr("Wi-Fi"))
        self.facts = Facts()
        self._outer = QVBoxLayout(self)
        self._lay_out_card()

    def _lay_out_card(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.address)
        column.addWidget(self.chip)
        column.addWidget(self.notices)
        column.addSpacing(4)
        column.addWidget(self.health)
        column.addWidget(self.signal)
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

    def show_node(self, row: NodeRow, pairing_open: bool) -> None:
        now_ns, view = self._clock.now_ns(), row.view
        live = view.state is not NodeState.OFFLINE
        self.name.setText(node_name(row))
        self.address.setText(view.mac + (self.tr(" · simulated") if view.simulated else ""))
        self.chip.set_status(*node_state(row, now_ns))
        self.notices.set_notices(tuple((note.text, note.level) for note in node_notes(row, now_ns, pairing_open)))
        known = view.health if live else None
        self.health.set_level(health_word(known) if live else "–", known, health_role(known))
        rssi = view.rssi_dbm if live else None
        words = f"{dbm_text(rssi)}, {signal_word(rssi)}" if rssi else self.tr("No data")
        self.signal.set_level(words, signal_share(rssi) if rssi else None, "secondary")
        self.facts.set_facts((*self._radio_facts(row), *self._place_facts(row), *self._hardware_facts(row, now_ns)))

    def _radio_facts(self, row: NodeRow) -> tuple[tuple[str, str], ...]:
        view = row.view
        live = view.state is not NodeState.OFFLINE
        expected = self.tr(" of {0} expected").format(number_text(row.expected_hz, ".0f")) if row.expected_hz else ""
        arriving = self.tr("{0} frames/s").format(count_text(view.rate_hz)) + expected
        told = self.tr("set {0} Hz").format(view.configured_hz) if view.configured_hz and live else ""
        own = self.tr("measured {0}").format(rate_text(view.reported_hz)) if view.reported_hz is not None and live else ""
        channel = self.tr("channel {0}").format(view.channel) if view.channel else ""
        return (
            (self.tr("CSI arriving"), arriving if live else "–"),
            (self.tr("Rate"), ", ".join(part for part in (told, own) if part)),
            (self.tr("Received"), self.tr("{0} frames, {1} malformed").format(number_text(view.frames), number_text(view.malformed))),
            (self.tr("Role"), " · ".join(part for part in (role_word(view.role), channel) if part)),
        )

    def _place_facts(self, row: NodeRow) -> tuple[tuple[str, str], ...]:
        view = row.view
        place = f"{position_text(view.position)} · {position_source_text(view)}" if view.position else position_source_text(view)
        return (self.tr("Position"), place), (self.tr("Path loss"), path_loss_text(view.path_loss))

    def _hardware_facts(self, row: NodeRow, now_ns: int) -> tuple[tuple[str, str], ...]:
        view = row.view
        update = update_word(view.update)[0] if view.update in UPDATING else ""
        firmware = " · ".join(part for part in (view.firmware, update, view.update_message if update else "") if part)
        uptime = duration_text(view.uptime_ms * MILLISECOND) if view.uptime_ms is not None else ""
        seen = (
            f"{clock_text(view.last_seen_ns, now_ns)}, {relative_text(view.last_seen_ns, now_ns)}"
            if view.last_seen_ns
            else self.tr("never")
        )
        heard = relative_text(view.last_health_ns, now_ns) if view.last_health_ns else ""
        return (
            (self.tr("Firmware"), firmware or "–"),
            (self.tr("Chip"), " · ".join(part for part in (view.chip, ", ".join(view.capabilities)) if part)),
            (
                self.tr("Temperature"),
                self.tr("{0} °C").format(number_text(view.temperature_c, ".1f")) if view.temperature_c is not None else "",
            ),
            (self.tr("Free memory"), size_text(view.free_heap_bytes) if view.free_heap_bytes is not None else ""),
            (self.tr("Running for"), uptime),
            (self.tr("Address"), view.address),
            (self.tr("Connected"), clock_text(view.since_ns, now_ns) if view.since_ns and view.state is not NodeState.OFFLINE else ""),
            (self.tr("Health report"), heard),
            (self.tr("Last seen"), seen),
        )
