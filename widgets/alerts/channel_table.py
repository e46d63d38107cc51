"""The ways in which people are told: whom each reaches, of what, and whether messages arrive."""

from collections.abc import Iterable
from operator import attrgetter
from urllib.parse import urlsplit

from PySide6.QtWidgets import QWidget

from engine.model.alerts.delivery import ChannelState
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, WebhookSettings
from engine.model.event import EventKind
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.layout.cells import Cell, StatusCell, TextCell, TitleCell
from widgets.layout.rows_model import Column, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.theme import severity_word
from widgets.time_text import clock_text, relative_text
from widgets.translation import inside, tr
from widgets.words import kind_word

_MOST_ROWS = 6  # more are scrolled to
_ROW_HEIGHT = 52
_EMPTY_HEIGHT = 240


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """`state` None: it is not known yet how it does."""

    settings: ChannelSettings | WebhookSettings
    state: ChannelState | None = None

    @property
    def kind(self) -> ChannelKind:
        return self.settings.kind if isinstance(self.settings, ChannelSettings) else ChannelKind.WEBHOOK


class ChannelTable(RowsTable[EmptyState]):
    """Keys are ids; as high as its rows. See `RowsTable` for its signals."""

    def __init__(self, clock: Clock, empty_action: str = "", parent: QWidget | None = None) -> None:
        self._clock = clock
        text = self.tr("Alerts are not sent outside this console. Add e-mail, Slack, ntfy on a phone, Home Assistant (MQTT), or a webhook.")
        empty = EmptyState("bell", self.tr("No notifications yet"), text, empty_action)
        model = TimedRowsModel[ChannelRow](_channel_columns(), attrgetter("settings.id"), channel_cells, clock)
        super().__init__(model, self.tr("Notifications"), empty, _ROW_HEIGHT, parent)
        self._fit_height()

    def set_channels(self, rows: Iterable[ChannelRow]) -> None:
        self.show_rows(rows, self._clock.now_ns())
        self._fit_height()

    def _fit_height(self) -> None:
        count = self.model.rowCount()
        rows = min(count, _MOST_ROWS) * scaled(_ROW_HEIGHT) + self.view.horizontalHeader().sizeHint().height() + 2 * self.view.frameWidth()
        self.setFixedHeight(rows if count else max(_EMPTY_HEIGHT, self.empty.sizeHint().height()))


def _channel_columns() -> tuple[Column, ...]:
    return (
        Column(tr("Goes to")),
        Column(tr("By"), width=110, room=640),
        Column(tr("State"), width=170),
        Column(tr("Receives"), width=290, room=900),
        Column(tr("Last arrived"), width=140, room=760),
        Column(tr("Waiting"), right=True, width=90, room=560, tip=tr("Messages that are still to be sent, or will be sent again")),
        Column(tr("Given up"), right=True, width=90, room=700, tip=tr("Messages that were refused, or tried for a day")),
    )


def channel_cells(row: ChannelRow, now_ns: int) -> tuple[Cell, ...]:
    state = row.state
    word, level = channel_word(row)
    error = state.last_error if state is not None else ""
    arrived_ns = state.last_arrived_ns if state is not None else None
    told = told_text(row.settings)
    return (
        TitleCell(name_of(row.settings), failing_text(row, now_ns) or address_text(row), tip=error),
        TextCell(way_word(row.kind), quiet=True),
        StatusCell(word, level, tip=error),
        TextCell(told, tip=told, quiet=True),
        TextCell(
            relative_text(arrived_ns, now_ns) if arrived_ns else "–",
            order=float(arrived_ns or 0),
            tip=clock_text(arrived_ns, now_ns) if arrived_ns else "",
        ),
        _count_cell(state.waiting if state is not None else None),
        _count_cell(state.given_up if state is not None else None),
    )


def failing_text(row: ChannelRow, now_ns: int) -> str:
    """Since when messages do not arrive, and why; empty where they do."""
    if row.state is None or not row.state.last_error:
        return ""
    since_ns = row.state.failing_since_ns
    return tr("Since {0}. {1}").format(clock_text(since_ns, now_ns), row.state.last_error) if since_ns else row.state.last_error


def channel_word(row: ChannelRow) -> tuple[str, str]:
    """A word for how it does, and its level."""
    state = row.state
    if not row.settings.enabled:
        return tr("Off"), "neutral"
    if state is None:
        return tr("Not known yet"), "neutral"
    if not state.url_stored and row.kind in (ChannelKind.SLACK, ChannelKind.NTFY):
        return tr("Address missing"), "critical"
    if state.last_error:
        return (tr("Trying again"), "moderate") if state.waiting else (tr("Failing"), "critical")
    if state.waiting:
        return tr("Sending"), "neutral"
    return (tr("Working"), "good") if state.arrived else (tr("Nothing sent yet"), "neutral")


def name_of(settings: ChannelSettings | WebhookSettings) -> str:
    return settings.display_name if isinstance(settings, ChannelSettings) else settings.id


def way_word(kind: ChannelKind) -> str:
    return {
        ChannelKind.EMAIL: tr("E-mail"),
        ChannelKind.SLACK: "Slack",
        ChannelKind.NTFY: "ntfy",
        ChannelKind.MQTT: "MQTT",
        ChannelKind.WEBHOOK: tr("Webhook"),
    }[kind]


def way_inside(kind: ChannelKind) -> str:
    """As it is written inside a sentence: names of products stay as they are."""
    return inside(way_word(kind)) if kind in (ChannelKind.EMAIL, ChannelKind.WEBHOOK) else way_word(kind)


def address_text(row: ChannelRow) -> str:
    """Whom it reaches, without the path of an address, which often is a password."""
    settings = row.settings
    if isinstance(settings, WebhookSettings):
        host = urlsplit(settings.url).hostname or "–"
        return tr("{0}, signed").format(host) if row.state is not None and row.state.password_stored else host
    if settings.kind is ChannelKind.EMAIL:
        first, more = settings.recipients[0], len(settings.recipients) - 1
        return tr("{0} and {1} more").format(first, more) if more else first
    if settings.kind is ChannelKind.MQTT:
        return f"{settings.host}, {settings.topic}/…"
    return row.state.address if row.state is not None and row.state.address else "–"


def told_text(settings: ChannelSettings | WebhookSettings) -> str:
    if isinstance(settings, ChannelSettings):
        return wants_text(settings.wants)
    events = tr("Events: {0}").format(kinds_text(settings.kinds)) if settings.events else ""
    alerts = wants_text(settings.alerts) if settings.alerts is not None else ""
    return "; ".join(part for part in (alerts, events) if part) or tr("Nothing")


def wants_text(wants: AlertWants) -> str:
    """Such as “Alerts from High on, after 1 escalation, quiet hours”."""
    parts = [tr("Alerts from {0} on").format(severity_word(wants.min_severity))]
    if wants.escalation_level:
        parts.append(tr("if unacknowledged {0}×").format(wants.escalation_level))
    if wants.rule_ids:
        parts.append(tr("{0} rules only").format(len(wants.rule_ids)))
    if wants.quiet:
        parts.append(tr("quiet hours"))
    return ", ".join(parts)


def kinds_text(kinds: tuple[str, ...]) -> str:
    known = {kind.value for kind in EventKind}
    return ", ".join(kind_word(EventKind(kind)) for kind in kinds if kind in known) or kind_word(EventKind.FALL)


def _count_cell(number: int | None) -> TextCell:
    return TextCell("–" if number is None else number_text(number), order=float(number or 0))
