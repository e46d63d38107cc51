"""Whether a row fits the filters that were typed above it: those of a search of the record, as far as a row has them."""

from engine.model.alerts.alert import Alert
from engine.model.event import Event
from engine.model.history.timeline import SearchFilter

NO_LIMITS = SearchFilter()


def event_fits(limits: SearchFilter, event: Event) -> bool:
    return _fits(limits, event, event.started_ns)


def alert_fits(limits: SearchFilter, alert: Alert) -> bool:
    if limits.rule_id and alert.rule_id != limits.rule_id:
        return False
    return (not limits.state or alert.state == limits.state) and _fits(limits, alert, alert.raised_ns)


def _fits(limits: SearchFilter, row: Event | Alert, at_ns: int) -> bool:
    """`at_ns`: when it began, or was raised."""
    if limits.camera_ids and row.camera_id not in limits.camera_ids:
        return False
    if limits.event_kinds and row.kind not in limits.event_kinds:
        return False
    if (limits.person_id and row.person_id != limits.person_id) or (limits.zone_id and row.zone_id != limits.zone_id):
        return False
    if row.severity < limits.min_severity or (limits.since_ns is not None and at_ns < limits.since_ns):
        return False
    return limits.until_ns is None or at_ns < limits.until_ns
