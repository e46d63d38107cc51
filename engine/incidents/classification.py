"""A classification becomes a part of an incident, without ever undoing what an operator set.

What is in force follows by the same rule as everywhere (`weighing.settled`): the category from the reports' majority, else from the
classification; the severity from the reporters, but no less than the classification's. So a classification made here, of severity 2, never
lowers what a reporter said.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from engine.incidents.local_classifier import classify_words
from engine.incidents.weighing import settled, shortened
from engine.model.incidents.incident import Classification, Incident, IncidentEdit, IncidentState, LoadIncident


def apply_classification(incident: Incident, said: Classification, now_ns: int) -> Incident:
    """The same incident where it changes nothing: key words do not replace what Atlas said, and nothing older replaces what is newer."""
    known = incident.classification
    if known is not None and (_rank(known) > _rank(said) or (_rank(known) == _rank(said) and known.at_ns > said.at_ns)):
        return incident
    changed = replace(incident, classification=said)
    if incident.state is IncidentState.MERGED or not incident.corroborations:  # nothing follows from it now
        return replace(changed, updated_ns=max(now_ns, incident.updated_ns), revision=incident.revision + 1)
    return settled(changed, now_ns)


def classified(load: LoadIncident, incident_id: str, said: Classification, now_ns: int) -> IncidentEdit:
    """`apply_classification` as an act on the record, which changes nothing where that does not. Raises NotFound."""
    return _edit(load(incident_id), partial(apply_classification, said=said, now_ns=now_ns))


def spoken_for(load: LoadIncident, incident_id: str, degraded_reason: str, now_ns: int) -> IncidentEdit:
    """`classified_here` as an act on the record. Raises NotFound."""
    return _edit(load(incident_id), partial(classified_here, degraded_reason=degraded_reason, now_ns=now_ns))


def classified_here(incident: Incident, degraded_reason: str, now_ns: int) -> Incident:
    """With what its words say; the same incident where Atlas has said something, or the words are known already."""
    said = classify_words(incident.description, degraded_reason, now_ns)
    known = incident.classification
    if known is not None and replace(known, at_ns=now_ns) == said:
        return incident
    return apply_classification(incident, said, now_ns)


def _edit(incident: Incident, change: Callable[[Incident], Incident]) -> IncidentEdit:
    """`incident`: with all its reports listed, but for one that was merged into another."""
    changed = change(incident)
    if changed is incident:
        return IncidentEdit(incident.id, ())
    return IncidentEdit(incident.id, (changed if changed.state is IncidentState.MERGED else shortened(changed),))


def _rank(said: Classification) -> int:
    return 1 if said.by == "atlas" else 0
