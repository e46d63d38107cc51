"""Which messages an alert calls for."""

import json
from collections.abc import Iterable, Iterator

from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import AlertWants, ChannelKind
from engine.model.event import Severity
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.runtime.notify.message import message
from engine.runtime.notify.quiet import is_quiet, quiet_until

NEVER_TOLD = -1
_LATER = "later"


@dataclass(frozen=True, slots=True)
class Way:
    """One receiver that is switched on and wants alerts."""

    kind: ChannelKind
    id: str
    wants: AlertWants


def ways(settings: Settings) -> Iterator[Way]:
    for hook in settings.webhooks:
        if hook.enabled and hook.alerts is not None:
            yield Way(ChannelKind.WEBHOOK, hook.id, hook.alerts)
    for channel in settings.notifications:
        if channel.enabled:
            yield Way(channel.kind, channel.id, channel.wants)


def alert_deliveries(
    alert: Alert, settings: Settings, now_ns: int, told_level: int = NEVER_TOLD, names: Iterable[str] = ()
) -> tuple[Delivery, ...]:
    """The messages for an alert that was raised, escalated, became worse, or was closed; the same ids whenever they are made again.

    Args:
        told_level: the level that was told of before. names: of everybody known, for those who must not read them.
    """
    known = tuple(names)
    found = (_delivery(way, alert, settings, now_ns, told_level, known) for way in ways(settings))
    return tuple(delivery for delivery in found if delivery is not None)


def unneeded(delivery: Delivery, alert: Alert | None) -> str:
    """Why nobody needs a waiting message any more; empty while somebody does. `alert`: as it is now, None when it is closed.

    A first message is sent in any case, so that who keeps a record has it. Escalations, and what waits for the end of quiet hours, only
    while nobody has acknowledged.
    """
    if not _can_be_dropped(delivery) or (alert is not None and alert.state is AlertState.NEW):
        return ""
    return "The alert was acknowledged before." if alert is not None else "The alert was closed before."


def first_telling(way: Way, told_level: int) -> bool:
    return told_level < way.wants.escalation_level


def _delivery(way: Way, alert: Alert, settings: Settings, now_ns: int, told_level: int, names: tuple[str, ...]) -> Delivery | None:
    if not _calls_for_message(alert, way.wants, now_ns):
        return None
    due_ns = _due_ns(way, alert, settings, now_ns, told_level)
    if due_ns is None:
        return None
    key = _delivery_key(alert, due_ns > now_ns)
    said = message(alert, settings, now_ns, way.wants.names, names)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return Delivery(f"dl-{key}-{way.kind.value}-{way.id}", way.kind.value, way.id, key, alert.id, text, due_ns, due_ns)


def _calls_for_message(alert: Alert, wants: AlertWants, now_ns: int) -> bool:
    if alert.severity < wants.min_severity or (wants.rule_ids and alert.rule_id not in wants.rule_ids):
        return False
    if alert.level < wants.escalation_level:
        return False
    return wants.closing if alert.state is AlertState.CLOSED else alert.state is AlertState.NEW and not alert.shelved(now_ns)


def _due_ns(way: Way, alert: Alert, settings: Settings, now_ns: int, told_level: int) -> int | None:
    """None: in quiet hours, what repeats or ends something is not sent at all."""
    wants, zone = way.wants, settings.alerts.time_zone
    if (alert.severity is Severity.CRITICAL and wants.critical_in_quiet) or not is_quiet(wants.quiet, now_ns, zone):
        return now_ns
    if alert.state is AlertState.CLOSED or not first_telling(way, told_level):
        return None
    return quiet_until(wants.quiet, now_ns, zone)


def _delivery_key(alert: Alert, later: bool) -> str:
    if alert.state is AlertState.CLOSED:
        return f"{alert.id}.closed"
    return f"{alert.id}.{alert.level}.s{int(alert.severity)}" + (f".{_LATER}" if later else "")


def _can_be_dropped(delivery: Delivery) -> bool:
    parts = delivery.key.removeprefix(f"{delivery.event_id}.").split(".")
    if len(parts) < 2 or not parts[1].startswith("s"):  # an event's, or a closing
        return False
    return parts[0] != "0" or parts[-1] == _LATER
