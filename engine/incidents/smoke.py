"""Which incident smoke is of: that of a plume that several cameras see is one of fire.

It joins an incident of fire that is within its reach (`smoke_reach`), the nearest to the middle of its ellipse in the measure of that; else
it begins one at its place. Each of its sequences is linked; a camera counts once. What was detached from the plume is no longer linked.
Simulated smoke says nothing of what people report, nor they of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.incidents.correlation import says
from engine.incidents.smoke_reach import Reached, reach
from engine.incidents.weighing import settled
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.fire.smoke import Crossing, Plume, SmokeSequence
from engine.model.incidents.incident import (
    Correlation,
    Corroboration,
    EvidenceKind,
    Incident,
    IncidentCategory,
    IncidentEdit,
    IncidentState,
    IncidentStatus,
    LoadIncident,
    Nearby,
)
from engine.model.time import SECOND

SEVERITY = Severity.HIGH
FIRST, JOINED = "first_smoke", "smoke_where_it_is_reported"
_NEAR, _SOON = 0.7, 0.3


def join_plume(
    plume: Plume, sequences: Sequence[SmokeSequence], nearby: Iterable[Nearby], now_ns: int, detached_ids: Iterable[str] = ()
) -> Correlation | None:
    """What a located plume does to the record; None: nothing that was not there before.

    Args:
        sequences: all of the plume's. nearby: incidents around it; one that has this plume (`Nearby.plume`) is the one it is of already.
        detached_ids: sequences that were in it.

    Raises InputError: nobody knows where it is, or `sequences` are not its own.
    """
    place = _checked(plume, sequences)
    known = [each for each in nearby if each.incident.state is not IncidentState.MERGED]
    own = next((each.incident for each in known if each.plume is not None and each.plume.id == plume.id), None)
    if own is not None:
        return _again(own, plume, sequences, now_ns, set(detached_ids))
    reached = [(found, each.incident) for each in known if (found := _reached(plume, each.incident))]
    if not reached:
        return _first(plume, place, sequences, now_ns)
    return _smoke_correlation(plume, sequences, now_ns, *min(reached, key=lambda pair: (-_score(pair[0]), pair[1].occurred_ns, pair[1].id)))


def unlinked(load: LoadIncident, incident_id: str, sequence_id: str, now_ns: int) -> IncidentEdit:
    """An operator said that a sequence is not of it. Raises NotFound."""
    incident = load(incident_id)
    kept = tuple(each for each in incident.corroborations if each.kind is not EvidenceKind.SEQUENCE or each.id != sequence_id)
    if len(kept) == len(incident.corroborations):
        return IncidentEdit(incident.id, ())
    return IncidentEdit(incident.id, (settled(replace(incident, corroborations=kept), now_ns),))


def _checked(plume: Plume, sequences: Sequence[SmokeSequence]) -> Crossing:
    if plume.place is None:
        raise InputError("plume", "has no place: one camera alone cannot say where smoke is")
    if {each.id for each in sequences} != set(plume.sequence_ids):
        raise InputError("sequences", f"are not those of {plume.id}")
    return plume.place


def _reached(plume: Plume, incident: Incident) -> Reached | None:
    if not says(incident, IncidentCategory.FIRE) or incident.simulated is not plume.simulated:
        return None
    return reach(plume, incident.latitude, incident.longitude, incident.occurred_ns)


def _score(reached: Reached) -> float:
    return round(_NEAR * (1 - reached.share) + _SOON * (1 - reached.late), 6)


def _smoke_correlation(plume: Plume, sequences: Sequence[SmokeSequence], now_ns: int, reached: Reached, incident: Incident) -> Correlation:
    links = tuple(replace(each, rule=JOINED, score=_score(reached)) for each in _links(plume, sequences, incident, now_ns))
    with_smoke = replace(incident, corroborations=(*incident.corroborations, *links))
    why = f"Smoke that {_cameras(sequences)} is where it was reported, {reached.away_m:.0f} m from the middle of its ellipse"
    reason = f"{why}, and {reached.gap_ns / SECOND:.0f} s from it in time."
    return Correlation(settled(with_smoke, now_ns), links[0], IncidentStatus.CORROBORATED, reason)


def _first(plume: Plume, place: Crossing, sequences: Sequence[SmokeSequence], now_ns: int) -> Correlation:
    incident = Incident(
        id=incident_id_of(plume.id),
        category=IncidentCategory.FIRE,
        description=f"Smoke that {_cameras(sequences)}.",
        latitude=place.latitude,
        longitude=place.longitude,
        occurred_ns=plume.started_ns,
        received_ns=now_ns,
        updated_ns=now_ns,
        severity=SEVERITY,
        revision=0,
        simulated=plume.simulated,
    )
    links = _links(plume, sequences, incident, now_ns)
    begun = settled(replace(incident, corroborations=links), now_ns)
    return Correlation(begun, links[0], IncidentStatus.CREATED, "No fire was reported where it is.")


def _again(incident: Incident, plume: Plume, sequences: Sequence[SmokeSequence], now_ns: int, detached: set[str]) -> Correlation | None:
    kept = tuple(each for each in incident.corroborations if each.kind is not EvidenceKind.SEQUENCE or each.id not in detached)
    linked = {each.id for each in kept if each.kind is EvidenceKind.SEQUENCE}
    new = _links(plume, [each for each in sequences if each.id not in linked], incident, now_ns)
    if not new and len(kept) == len(incident.corroborations):
        return None
    changed = settled(replace(incident, corroborations=(*kept, *new)), now_ns)
    link = new[0] if new else next(each for each in kept if each.kind is EvidenceKind.SEQUENCE)
    return Correlation(changed, link, IncidentStatus.CORROBORATED, f"Smoke that {_cameras(sequences)} is of it.")


def _links(plume: Plume, sequences: Iterable[SmokeSequence], incident: Incident, now_ns: int) -> tuple[Corroboration, ...]:
    found = reach(plume, incident.latitude, incident.longitude, incident.occurred_ns)
    return tuple(
        Corroboration(
            kind=EvidenceKind.SEQUENCE,
            id=each.id,
            reporter=f"camera:{each.camera_id}",
            linked_ns=now_ns,
            rule=FIRST,
            score=1.0 if each.max_conf is None else each.max_conf,
            distance_m=round(found.away_m, 3) if found else 0.0,
            gap_s=abs(each.started_ns - incident.occurred_ns) / SECOND,
            category=IncidentCategory.FIRE.value,
            severity=SEVERITY,
            own_incident_id=incident.id,
        )
        for each in sequences
    )


def incident_id_of(plume_id: str) -> str:
    """Of the incident that a plume begins."""
    return f"in-{plume_id}"


def _cameras(sequences: Iterable[SmokeSequence]) -> str:
    ids = list(dict.fromkeys(each.camera_id for each in sequences))
    return f"camera {ids[0]} sees" if len(ids) == 1 else f"cameras {', '.join(ids[:-1])} and {ids[-1]} see"
