"""Which alerts a wall minds: those of cameras that nobody has acknowledged. Pure."""

from collections.abc import Mapping

from engine.model.alerts.alert import Alert, AlertState
from engine.model.snapshot import Snapshot


def alarms_of(snapshot: Snapshot) -> dict[str, Alert]:
    """By camera, the newest that is new and not shelved."""
    found: dict[str, Alert] = {}
    for alert in snapshot.alerts.alerts:
        if not alert.camera_id or alert.state is not AlertState.NEW or alert.shelved(snapshot.at_ns):
            continue
        before = found.get(alert.camera_id)
        if before is None or _age(alert) > _age(before):
            found[alert.camera_id] = alert
    return found


def newest_alarm(alarms: Mapping[str, Alert]) -> Alert | None:
    return max(alarms.values(), key=_age, default=None)


def newer(alert: Alert, than: Alert | None) -> bool:
    return than is None or _age(alert) > _age(than)


def _age(alert: Alert) -> tuple[int, str]:
    return alert.raised_ns, alert.id
