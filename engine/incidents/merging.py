"""Two incidents that were one occurrence, and the other way round. Nothing is lost either way: every report stays whole, and its link says
which incident it came from (`own_incident_id`), so that a merge can be taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from engine.incidents.correlation import incident_id_of
from engine.incidents.weighing import settled, shortened
from engine.model.errors import InputError, NotFound, Removed
from engine.model.incidents.incident import Corroboration, EvidenceKind, Incident, IncidentEdit, IncidentState, LoadIncident, Report

_Links = tuple[Corroboration, ...]


def merge_incidents(load: LoadIncident, kept_id: str, gone_id: str, now_ns: int) -> IncidentEdit:
    """`gone_id` lives on in `kept_id`, whose anchor stays. Raises InputError, NotFound."""
    if kept_id == gone_id:
        raise InputError("gone_id", "is the same incident")
    kept, gone = load(kept_id), load(gone_id)
    _check_own(kept, "kept_id")
    _check_own(gone, "gone_id")
    _check_alike(kept, gone)
    both = replace(
        kept,
        corroborations=_in_order((*kept.corroborations, *gone.corroborations)),
        review_ids=_without(kept.review_ids, gone_id),
        related_ids=_without((*kept.related_ids, *gone.related_ids), kept_id, gone_id),
    )
    buried = [_merged_into(each, kept_id, now_ns) for each in (*_merged_before(load, gone), gone)]
    moved = tuple((kept_id, link) for link in gone.corroborations)
    return IncidentEdit(kept_id, (shortened(settled(both, now_ns)), *buried), moved)


def split(load: LoadIncident, incident_id: str, reports: Sequence[Report], now_ns: int) -> IncidentEdit:
    """These reports are of another occurrence: the one they came from, where all came from the same by a merge; else a new one at the place
    and time of the earliest. Raises InputError, NotFound."""
    incident = load(incident_id)
    _check_own(incident, "incident_id")
    going = _links_to_split(incident, {report.id for report in reports})
    origin, following = _origin(load, incident, going), list[Incident]()
    if origin is None:
        following = _following(load, incident, going)
        other, going = _split_incident(load, going, reports, {each.id for each in following})
    else:
        going = (*going, *_sensed(incident, origin, going))
        other = _returned(origin, going)
    gone = {(link.kind, link.id) for link in going}
    left = replace(incident, corroborations=tuple(link for link in incident.corroborations if (link.kind, link.id) not in gone))
    incidents = tuple(shortened(settled(each, now_ns)) for each in (left, other))
    moved = tuple(_merged_into(each, other.id, now_ns) for each in following)
    return IncidentEdit(other.id, (*incidents, *moved), tuple((other.id, link) for link in going))


def keep_apart(load: LoadIncident, incident_id: str, other_id: str, now_ns: int) -> IncidentEdit:
    """They are two occurrences: neither is offered as the other any more, nor waits for a word about it. Raises InputError, NotFound."""
    if incident_id == other_id:
        raise InputError("other_id", "is the same incident")
    one, other = load(incident_id), _still(load, other_id)
    _check_own(one, "incident_id")
    changed = [_parted(one, other_id, now_ns)]
    if other is not None and other.state is not IncidentState.MERGED:
        changed.append(_parted(other, incident_id, now_ns))
    return IncidentEdit(incident_id, tuple(changed))


def _still(load: LoadIncident, incident_id: str) -> Incident | None:
    """None where it is no longer kept: whoever waits for a word about it need not wait for good."""
    try:
        return load(incident_id)
    except Removed:
        return None


def _parted(incident: Incident, other_id: str, now_ns: int) -> Incident:
    """As it was where the other was not offered to it."""
    if other_id not in (*incident.related_ids, *incident.review_ids):
        return shortened(incident)
    related, review = _without(incident.related_ids, other_id), _without(incident.review_ids, other_id)
    return shortened(settled(replace(incident, related_ids=related, review_ids=review), now_ns))


def _links_to_split(incident: Incident, ids: set[str]) -> _Links:
    reports = [link for link in incident.corroborations if link.kind is EvidenceKind.REPORT]
    going = tuple(link for link in reports if link.id in ids)
    if not going or len(going) < len(ids):
        raise InputError("report_ids", f"has to name reports that are in {incident.id}")
    if len(going) == len(reports):
        raise InputError("report_ids", "has to leave at least one report where it is")
    return going


def _origin(load: LoadIncident, incident: Incident, going: _Links) -> Incident | None:
    """The other incident that all of them were in before."""
    owners = {link.own_incident_id for link in going}
    return None if len(owners) > 1 or owners & {"", incident.id} else load(owners.pop())


def _sensed(incident: Incident, origin: Incident, going: _Links) -> _Links:
    """What sensors say for the origin goes back with the last of its reports."""
    own = [link for link in incident.corroborations if link.own_incident_id == origin.id and link not in going]
    return () if any(link.kind is EvidenceKind.REPORT for link in own) else tuple(own)


def _returned(origin: Incident, going: _Links) -> Incident:
    """To what lived on elsewhere, which is then itself again; or beside what had returned before."""
    before = () if origin.state is IncidentState.MERGED else origin.corroborations
    state = IncidentState.OPEN if origin.state is IncidentState.MERGED else origin.state
    return replace(origin, state=state, merged_into="", corroborations=_in_order((*before, *going)), unlisted=())


def _following(load: LoadIncident, incident: Incident, going: _Links) -> list[Incident]:
    """Those that lived on in it by nothing but what is going: they live on where that goes."""
    left = {link.own_incident_id for link in incident.corroborations if link not in going}
    return [each for each in _merged_before(load, replace(incident, corroborations=going)) if each.id not in left]


def _split_incident(load: LoadIncident, going: _Links, reports: Sequence[Report], following: set[str]) -> tuple[Incident, _Links]:
    """What came from an incident that follows as a whole still does, so that it can be itself again."""
    anchor = min(reports, key=attrgetter("occurred_ns", "received_ns", "id"))
    new_id = _free_id(load, incident_id_of(anchor.id))
    links = tuple(link if link.own_incident_id in following else replace(link, own_incident_id=new_id) for link in going)
    incident = Incident(
        id=new_id,
        category=anchor.category,
        description=anchor.description.strip(),
        latitude=anchor.latitude,
        longitude=anchor.longitude,
        occurred_ns=anchor.occurred_ns,
        received_ns=anchor.received_ns,
        updated_ns=anchor.received_ns,
        severity=anchor.severity,
        corroborations=links,
        revision=0,
        simulated=anchor.simulated,
        accuracy_m=anchor.accuracy_m,
    )
    return incident, links


def _free_id(load: LoadIncident, wanted: str) -> str:
    tried, number = wanted, 1
    while True:
        try:
            load(tried)
        except Removed:
            pass  # what it was called by is not given again
        except NotFound:
            return tried
        number += 1
        tried = f"{wanted}-{number}"


def _merged_before(load: LoadIncident, incident: Incident) -> list[Incident]:
    """Those that live on in it."""
    owners = dict.fromkeys(link.own_incident_id for link in incident.corroborations if link.own_incident_id not in ("", incident.id))
    found = (_still(load, owner) for owner in owners)
    return [each for each in found if each is not None and each.merged_into == incident.id]


def _check_own(incident: Incident, field: str) -> None:
    if incident.state is IncidentState.MERGED:
        raise InputError(field, f"was merged into {incident.merged_into}. Choose that one, or split it off first")


def _check_alike(kept: Incident, gone: Incident) -> None:
    if kept.simulated is not gone.simulated:
        raise InputError("gone_id", "cannot be merged: one incident is simulated, the other is real")


def _merged_into(incident: Incident, kept_id: str, now_ns: int) -> Incident:
    later_ns = max(now_ns, incident.updated_ns)
    kept = shortened(incident) if incident.state is not IncidentState.MERGED else incident
    return replace(kept, state=IncidentState.MERGED, merged_into=kept_id, updated_ns=later_ns, revision=incident.revision + 1)


def _in_order(links: Iterable[Corroboration]) -> _Links:
    return tuple(sorted(links, key=attrgetter("linked_ns", "id")))


def _without(ids: Iterable[str], *gone: str) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys(ids) if each not in gone)
