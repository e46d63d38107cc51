"""What was found, as a row: the words that the rows of events, alerts, incidents and decisions have elsewhere."""

from collections.abc import Mapping
from datetime import tzinfo

from engine.gateway.federation.ids import site_key
from engine.model.alerts.alert import AlertState
from engine.model.alerts.decision import CandidateKind, Outcome
from engine.model.event import EventKind
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_words import candidate_word, outcome_word, state_word
from widgets.engine_text import translate_engine_text
from widgets.incidents.incident_words import category_word
from widgets.number_text import number_text
from widgets.time_text import clock_text, duration_text
from widgets.timeline.moment_list import MomentRow
from widgets.translation import tr
from widgets.words import kind_word


def hit_word(kind: HitKind) -> str:
    return {
        HitKind.EVENT: tr("event"),
        HitKind.ALERT: tr("alert"),
        HitKind.INCIDENT: tr("incident"),
        HitKind.REPORT: tr("report"),
        HitKind.DECISION: tr("decision"),
        HitKind.PERSON: tr("person"),
        HitKind.BOOKMARK: tr("bookmark"),
        HitKind.MOTION: tr("motion"),
        HitKind.LOOKS: tr("looks alike"),
    }[kind]


def hit_title(hit: SearchHit) -> str:
    """What it is; empty where that has no name of its own."""
    if hit.kind in (HitKind.INCIDENT, HitKind.REPORT):
        return category_word(hit.what)
    if hit.what in frozenset(EventKind):
        kind = EventKind(hit.what)
        if kind is EventKind.GESTURE and hit.label:
            return tr("Gesture “{0}”").format(hit.label)
        return kind_word(kind)
    return candidate_word(CandidateKind(hit.what)) if hit.what in frozenset(CandidateKind) else hit.what


def hit_text(hit: SearchHit, names: Mapping[str, str]) -> str:
    if hit.kind is HitKind.LOOKS:
        return names.get(hit.person_id, hit.text)
    if not hit.what:
        return hit.text
    return " · ".join(part for part in (hit_title(hit), hit.person, translate_engine_text(hit.reason)) if part)


def hit_state(hit: SearchHit) -> str:
    if hit.kind is HitKind.ALERT and hit.state in frozenset(AlertState):
        return state_word(AlertState(hit.state))
    return outcome_word(Outcome(hit.state)) if hit.kind is HitKind.DECISION and hit.state in frozenset(Outcome) else ""


def hit_place(hit: SearchHit, names: Mapping[str, str]) -> str:
    """Zone and camera, once where they are called the same."""
    places = (names.get(hit.zone_id, hit.zone_id), names.get(hit.camera_id, hit.camera_id))
    return " · ".join(dict.fromkeys(place for place in places if place))


def site_names(snapshot: Snapshot) -> dict[str, str]:
    """By key, on a console over several; of one site there is nothing to tell apart."""
    return {site.key: site.name for site in snapshot.sites} if len(snapshot.sites) > 1 else {}


def said_site(hit: SearchHit, sites: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The site of somebody who may be at any of several: who looks alike, or has the name of somebody elsewhere. Empty where the name of
    the camera says it."""
    site = sites.get(site_key(hit.id), "")
    namesake = names.get(hit.person_id, "").endswith(f"({site})")
    asked = hit.kind in (HitKind.LOOKS, HitKind.PERSON) or namesake
    return site if asked and not names.get(hit.camera_id, "").endswith(f"({site})") else ""


def hit_row(hit: SearchHit, names: Mapping[str, str], now_ns: int, zone: tzinfo, site: str = "") -> MomentRow:
    """`site`: what its site is called, where that has to be said."""
    stay = duration_text(hit.until_ns - hit.at_ns) if hit.until_ns is not None and hit.until_ns > hit.at_ns else ""
    simulated = tr("simulated") if hit.simulated else ""
    where, detail = (hit_place(hit, names), site, stay), (clock_text(hit.at_ns, now_ns, zone), hit_state(hit), simulated)
    mark = tr("alike {0}").format(number_text(hit.likeness, ".2f")) if hit.likeness is not None else hit_word(hit.kind)
    return MomentRow(
        f"{hit.kind.value}:{hit.id}",
        hit.at_ns,
        hit_text(hit, names),
        " · ".join(part for part in detail if part),
        mark,
        hit.severity,
        hit.camera_id,
        hit.event_id,
        " · ".join(part for part in where if part),
    )
