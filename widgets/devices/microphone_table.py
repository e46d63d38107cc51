"""Microphones: where people are listened to, and whether they are heard."""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.people.settings import MicrophoneSettings
from engine.model.people.view import MicrophoneView
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.devices.signal_words import position_text
from widgets.layout.cells import BarCell, Cell, StatusCell, TextCell, TitleCell
from widgets.layout.rows_model import Column, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr

_ROW_HEIGHT = 52
_QUIETEST_DB, _LOUD_DB = -60.0, -3.0


@dataclass(frozen=True, slots=True)
class MicrophoneRow:
    """`camera`: the name of the camera whose sound it is, empty for a device of the engine's machine."""

    settings: MicrophoneSettings
    view: MicrophoneView
    camera: str = ""


class MicrophoneTable(RowsTable[EmptyState]):
    """Keys are ids. See `RowsTable` for its signals."""

    def __init__(self, clock: Clock, empty_action: str = "", parent: QWidget | None = None) -> None:
        self._clock = clock
        text = self.tr("A person who says “My name is Anna” near a microphone can be identified by name. No audio is stored.")
        empty = EmptyState("mic", self.tr("No microphones yet"), text, empty_action)
        model = TimedRowsModel[MicrophoneRow](_microphone_columns(), attrgetter("settings.id"), microphone_cells, clock)
        super().__init__(model, self.tr("Microphones"), empty, _ROW_HEIGHT, parent)

    def set_microphones(self, rows: Iterable[MicrophoneRow]) -> None:
        self.show_rows(rows, self._clock.now_ns())


def microphone_rows(
    settings: Iterable[MicrophoneSettings], views: Iterable[MicrophoneView], cameras: Mapping[str, str]
) -> tuple[MicrophoneRow, ...]:
    """`cameras`: names by id."""
    shown = {view.id: view for view in views}
    return tuple(
        MicrophoneRow(each, shown.get(each.id, MicrophoneView(each.id)), cameras.get(each.camera_id, each.camera_id)) for each in settings
    )


def _microphone_columns() -> tuple[Column, ...]:
    return (
        Column(tr("Microphone")),
        Column(tr("State"), width=150),
        Column(tr("Level"), width=170, tip=tr("Current level; 0 dB is the maximum")),
        Column(tr("In range"), right=True, width=90, room=620, tip=tr("Utterances since listening started")),
        Column(tr("Dropped"), right=True, width=90, room=760, tip=tr("Audio blocks dropped because processing was too slow")),
        Column(tr("Last name"), width=190, room=700),
        Column(tr("Position"), width=170, room=940),
    )


def microphone_cells(row: MicrophoneRow, now_ns: int) -> tuple[Cell, ...]:
    settings, view = row.settings, row.view
    word, level = microphone_word(row)
    return (
        TitleCell(settings.name, trouble_text(row, now_ns) or source_text(row), tip=view.trouble),
        StatusCell(word, level, tip=view.trouble),
        level_cell(view),
        TextCell(number_text(view.heard) if settings.enabled else "–", order=float(view.heard)),
        TextCell(number_text(view.dropped) if settings.enabled else "–", order=float(view.dropped)),
        TextCell(_last_name_text(view, now_ns), order=float(view.name_ns or 0)),
        TextCell(place_text(row), tip=place_text(row), quiet=True),
    )


def microphone_word(row: MicrophoneRow) -> tuple[str, str]:
    """A word for how it does, and its level."""
    if not row.settings.enabled:
        return tr("Off"), "neutral"
    if row.view.trouble:
        return tr("Out of range"), "moderate"
    return (tr("Listening"), "good") if row.view.level_db is not None else (tr("Connecting"), "neutral")


def trouble_text(row: MicrophoneRow, now_ns: int) -> str:
    """Since when it is not heard, and why; empty where it is, or is off."""
    view = row.view
    if not row.settings.enabled or not view.trouble:
        return ""
    return tr("Since {0}. {1}").format(clock_text(view.trouble_ns, now_ns), view.trouble) if view.trouble_ns else view.trouble


def source_text(row: MicrophoneRow) -> str:
    if row.settings.camera_id:
        return tr("Sound of {0}").format(row.camera)
    return row.settings.device or tr("Default microphone of the engine's computer")


def place_text(row: MicrophoneRow) -> str:
    if row.settings.position is not None:
        return position_text(row.settings.position)
    return tr("Camera sound") if row.settings.camera_id else tr("Unknown")


def level_cell(view: MicrophoneView) -> BarCell:
    if view.level_db is None:
        return BarCell("–", order=-200.0)
    share = min(max((view.level_db - _QUIETEST_DB) / -_QUIETEST_DB, 0.0), 1.0)
    return BarCell(
        f"{number_text(view.level_db, '.0f')} dB".replace("-", "−"),
        share,
        "critical" if view.level_db > _LOUD_DB else "accent",
        view.level_db,
    )


def _last_name_text(view: MicrophoneView, now_ns: int) -> str:
    return tr("{0}, {1}").format(view.name, relative_text(view.name_ns, now_ns)) if view.name_ns is not None else "–"
