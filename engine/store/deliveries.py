"""Messages to the outside as rows: which are due, how many wait."""

from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, or_, select

from engine.model.alerts.delivery import Delivery, DeliveryState, WebhookState
from engine.model.value_class import dataclass
from engine.model.wire import read_as
from engine.store.tables import deliveries

_WAITING = deliveries.c.state == DeliveryState.WAITING.value


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages wait, and when the next of them is due (None: none waits)."""

    count: int
    next_due_ns: int | None


def due(connection: Connection, now_ns: int, limit: int, busy: Several[str]) -> tuple[Delivery, ...]:
    receiver = deliveries.c.channel + "/" + deliveries.c.receiver
    query = select(deliveries).where(_WAITING, deliveries.c.due_ns <= now_ns, receiver.not_in(busy))
    return _read_deliveries(connection, query.order_by(deliveries.c.attempts, deliveries.c.due_ns, deliveries.c.id).limit(limit))


def by_ids(connection: Connection, ids: Several[str]) -> tuple[Delivery, ...]:
    return _read_deliveries(connection, select(deliveries).where(deliveries.c.id.in_(ids)))


def of_event(connection: Connection, event_id: str) -> tuple[Delivery, ...]:
    query = select(deliveries).where(deliveries.c.event_id == event_id)
    return _read_deliveries(connection, query.order_by(deliveries.c.created_ns, deliveries.c.id))


def waiting(connection: Connection) -> Waiting:
    row = connection.execute(select(func.count(), func.min(deliveries.c.due_ns)).where(_WAITING)).one()
    return Waiting(row[0], row[1])


def of_receiver(connection: Connection, channel: str, receiver: str) -> WebhookState:
    """What the rows of one receiver say; whether it has a secret they do not know."""
    mine = (deliveries.c.channel == channel, deliveries.c.receiver == receiver)
    counted = select(deliveries.c.state, func.count(), func.max(deliveries.c.finished_ns)).where(*mine).group_by(deliveries.c.state)
    rows = {DeliveryState(state): (count, newest_ns) for state, count, newest_ns in connection.execute(counted)}
    arrived, arrived_ns = rows.get(DeliveryState.DELIVERED, (0, None))
    failed = or_(_WAITING, and_(deliveries.c.state == DeliveryState.GIVEN_UP.value, deliveries.c.finished_ns > (arrived_ns or 0)))
    failing = (*mine, failed, deliveries.c.last_error != "")
    since_ns = connection.scalar(select(func.min(deliveries.c.created_ns)).where(*failing))
    error = select(deliveries.c.last_error).where(*failing)
    newest = error.order_by(func.coalesce(deliveries.c.finished_ns, deliveries.c.due_ns).desc()).limit(1)
    waiting, given_up = rows.get(DeliveryState.WAITING, (0, None))[0], rows.get(DeliveryState.GIVEN_UP, (0, None))[0]
    return WebhookState(receiver, False, waiting, arrived, given_up, arrived_ns, connection.scalar(newest) or "", since_ns)


def remove_finished(connection: Connection, before_ns: int) -> None:
    connection.execute(delete(deliveries).where(deliveries.c.finished_ns < before_ns))


def _read_deliveries(connection: Connection, query: Select[Any]) -> tuple[Delivery, ...]:
    return tuple(read_as(Delivery, dict(row)) for row in connection.execute(query).mappings())
