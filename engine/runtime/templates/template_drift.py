"""How a site's settings differ from the templates that it has, and whose change its audit says it was."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.settings import Settings
from engine.model.templates import AppliedTemplate, FieldDrift
from engine.runtime.templates.applied_templates import KeptTemplate
from engine.runtime.templates.template_values import differences_of, readable_values, values_of

LOOKED_THROUGH = 1_000  # newest rows of the audit
MOST_FIELDS = 200  # told of one template
MOST_OF_ALL, _LEAST = 400, 2  # of all of them, which one message holds; of each so many at least: without any it would be as applied
_OF_FIELDS = (AuditVerb.CHANGE_SETTINGS, AuditVerb.IMPORT_SETTINGS)
_OF_ALERTS = (AuditVerb.CHANGE_ALERTING,)
Rows = Callable[[int], Sequence[AuditRow]]
"""Given how many: the newest of the audit, newest first."""


def drift_of(settings: Settings, kept: Sequence[KeptTemplate], rows: Rows) -> tuple[AppliedTemplate, ...]:
    """One for each of `kept`."""
    most = min(MOST_FIELDS, max(_LEAST, MOST_OF_ALL // max(1, len(kept))))
    return tuple(
        AppliedTemplate(each.template, each.version, each.applied_ns, each.by, tuple(islice(_differing(settings, each, rows), most)))
        for each in kept
    )


def _differing(settings: Settings, kept: KeptTemplate, rows: Rows) -> Iterator[FieldDrift]:
    then = readable_values(kept.values)  # another version of this program may have kept them
    changes = differences_of(values_of(settings, then), then)
    audit = rows(LOOKED_THROUGH) if changes else ()
    for change in changes:
        row = next((row for row in audit if row.at_ns > kept.applied_ns and _tells_of(row, change.field)), None)
        yield FieldDrift(change.field, change.now, change.then, None if row is None else row.at_ns, "" if row is None else row.by)


def _tells_of(row: AuditRow, field: str) -> bool:
    part = field.partition(".")[0]
    if row.verb in _OF_FIELDS:
        return any(named == part or field.startswith(named) for named in row.detail.split(", "))
    return part == "alerts" and row.verb in _OF_ALERTS
