"""Webhooks: where events are posted, and whether they arrive."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.model.delivery import WebhookState
from engine.model.event import EventKind
from engine.model.notify_settings import WebhookSettings
from engine.model.time import Clock
from widgets.cells import Cell, StatusCell, TextCell, TitleCell
from widgets.empty_state import EmptyState
from widgets.rows_model import Column, RowsModel
from widgets.rows_table import RowsTable
from widgets.time_text import clock_text, relative_text
from widgets.words import kind_word

_MOST_ROWS = 6  # more are scrolled to
_ROW_HEIGHT = 52
_EMPTY_HEIGHT = 240


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """`state` None: it is not known yet how it does."""

    settings: WebhookSettings
    state: WebhookState | None = None


class WebhookTable(RowsTable):
    """Keys are ids; as high as its rows. See `RowsTable` for its signals."""

    def __init__(self, clock: Clock, empty_action: str = "", parent: QWidget | None = None) -> None:
        self._clock = clock
        text = self.tr("A webhook tells another system of falls and other events, by posting JSON to its address.")
        empty = EmptyState("bell", self.tr("No webhooks yet"), text, empty_action)
        model = RowsModel(_columns(), lambda row: row.settings.id, lambda row: webhook_cells(row, clock.now_ns()))
        super().__init__(model, self.tr("Webhooks"), empty, _ROW_HEIGHT, parent)
        self._fit()

    def set_webhooks(self, rows: Iterable[WebhookRow]) -> None:
        self.show_rows(rows, self._clock.now_ns())
        self._fit()

    def _fit(self) -> None:
        count = self.model.rowCount()
        rows = min(count, _MOST_ROWS) * _ROW_HEIGHT + self.view.horizontalHeader().sizeHint().height() + 2 * self.view.frameWidth()
        self.setFixedHeight(rows if count else max(_EMPTY_HEIGHT, self.empty.sizeHint().height()))


def _columns() -> tuple[Column, ...]:
    return (
        Column(_tr("Webhook")),
        Column(_tr("State"), width=140),
        Column(_tr("Events"), width=220, room=860),
        Column(_tr("Last arrived"), width=150),
        Column(_tr("Waiting"), right=True, width=90, room=560, tip=_tr("Messages that are still to be sent, or will be sent again")),
        Column(_tr("Given up"), right=True, width=90, room=700, tip=_tr("Messages that were refused, or tried for a day")),
        Column(_tr("Signed"), width=130, room=960, tip=_tr("Whether a secret for signing is stored; it is never shown")),
    )


def webhook_cells(row: WebhookRow, now_ns: int) -> tuple[Cell, ...]:
    hook, state = row.settings, row.state
    word, level = webhook_word(row)
    error = state.last_error if state is not None else ""
    arrived_ns = state.last_arrived_ns if state is not None else None
    return (
        TitleCell(hook.id, error or webhook_host(hook), tip=error),
        StatusCell(word, level, tip=error),
        TextCell(kinds_text(hook.kinds), tip=kinds_text(hook.kinds), quiet=True),
        TextCell(
            relative_text(arrived_ns, now_ns) if arrived_ns else "–",
            order=float(arrived_ns or 0),
            tip=clock_text(arrived_ns, now_ns) if arrived_ns else "",
        ),
        _count(state.waiting if state is not None else None),
        _count(state.given_up if state is not None else None),
        TextCell("–" if state is None else _tr("Secret stored") if state.secret_stored else _tr("Not signed"), quiet=True),
    )


def webhook_word(row: WebhookRow) -> tuple[str, str]:
    """A word for how it does, and its level."""
    state = row.state
    if not row.settings.enabled:
        return _tr("Off"), "neutral"
    if state is None:
        return _tr("Not known yet"), "neutral"
    if state.last_error:
        return (_tr("Trying again"), "moderate") if state.waiting else (_tr("Failing"), "critical")
    if state.waiting:
        return _tr("Sending"), "neutral"
    return (_tr("Working"), "good") if state.arrived else (_tr("Nothing sent yet"), "neutral")


def webhook_host(hook: WebhookSettings) -> str:
    """Without the path, which often is a password."""
    return urlsplit(hook.url).hostname or "–"


def kinds_text(kinds: tuple[str, ...]) -> str:
    known = {kind.value for kind in EventKind}
    return ", ".join(kind_word(EventKind(kind)) for kind in kinds if kind in known) or kind_word(EventKind.FALL)


def _count(number: int | None) -> TextCell:
    return TextCell("–" if number is None else f"{number:,}", order=float(number or 0))


def _tr(text: str) -> str:
    return QCoreApplication.translate("WebhookTable", text)
