"""The links between nodes, as a table."""

from collections.abc import Callable
from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.radio.radio import LinkState, link_ends
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.devices.signal_words import health_role, health_word, rate_text
from widgets.layout.cells import BarCell, Cell, StatusCell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.translation import tr

_FULL_ACTIVITY = 12.0  # standard deviations of its own quiet: somebody walks right through


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link and the names of its ends."""

    state: LinkState
    one: str
    other: str


def link_rows(links: tuple[LinkState, ...], name: Callable[[str], str]) -> tuple[LinkRow, ...]:
    """`name` names the node of a MAC."""
    return tuple(LinkRow(state, *(name(mac) for mac in link_ends(state.link))) for state in links)


class LinkTable(RowsTable[EmptyState]):
    """Follows the engine; see `RowsTable` for its signals, whose keys are link ids."""

    least_rest = 262  # the names of two nodes

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        text = self.tr("Two nodes in range of each other form a link; people between them disturb it. Links appear once two nodes send.")
        self._clock = clock
        empty = EmptyState("link", self.tr("No links yet"), text)
        model = RowsModel(self._link_columns(), attrgetter("state.link"), link_cells)
        super().__init__(model, self.tr("Links"), empty, row_height=34, parent=parent)

    def _link_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Link")),
            Column(self.tr("Now"), width=110),
            Column(self.tr("Activity"), width=150, tip=self.tr("Deviation from the quiet state, in standard deviations (σ)")),
            Column(self.tr("Change"), right=True, width=96, room=720, tip=self.tr("Change of amplitude against the quiet baseline")),
            Column(self.tr("Breathing"), width=150, room=860, tip=self.tr("Evidence of a still person by breathing")),
            Column(self.tr("Health"), width=156),
            Column(self.tr("Frames"), right=True, width=100, room=740, tip=self.tr("CSI frames per second, both directions together")),
            Column(self.tr("Weight"), right=True, width=96, room=960, tip=self.tr("Learned weight in locating people")),
        )

    def set_links(self, rows: tuple[LinkRow, ...]) -> None:
        self.show_rows(rows, self._clock.now_ns())


def link_cells(row: LinkRow) -> tuple[Cell, ...]:
    state = row.state
    ends = f"{row.one} – {row.other}"
    return (
        TitleCell(ends, order=natural(ends), tip=state.link),
        StatusCell(tr("Motion") if state.motion else tr("Quiet"), "low" if state.motion else "neutral", order=0.0 if state.motion else 1.0),
        BarCell(
            tr("{0} σ").format(number_text(state.activity, ".1f")),
            min(1.0, state.activity / _FULL_ACTIVITY),
            order=round(state.activity, 1),
        ),
        TextCell(tr("{0} %").format(number_text(100 * state.change, ".0f")), order=round(state.change, 2)),
        BarCell(tr("{0} %").format(number_text(100 * state.still, ".0f")), state.still, "secondary", order=round(state.still, 2)),
        BarCell(health_word(state.health), state.health, health_role(state.health), order=round(state.health, 2)),
        TextCell(rate_text(state.rate_hz), order=round(state.rate_hz, 1)),
        TextCell(f"× {number_text(state.weight, '.2f')}", order=round(state.weight, 2)),
    )
