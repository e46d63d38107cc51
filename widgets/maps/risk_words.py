"""Risk, fire weather and how right the map was, in words."""

from datetime import tzinfo
from operator import attrgetter

from engine.model.fire.fire import FireClass, FireRisk
from engine.model.risk.risk import Hotspot, MapScore, RiskState, Training, TrainingState
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.time_text import clock_text, day_name, local_time, relative_text
from widgets.translation import tr

FIRE_ROLES = {
    FireClass.VERY_LOW: "secondary",
    FireClass.LOW: "secondary",
    FireClass.MODERATE: "moderate",
    FireClass.HIGH: "high",
    FireClass.VERY_HIGH: "critical",
    FireClass.EXTREME: "critical",
}
_LOW_CONFIDENCE, _HIGH_CONFIDENCE = 0.35, 0.7
HOUR = 3600 * SECOND


def risk_text(risk: float | None) -> str:
    return tr("No data") if risk is None else number_text(risk, ".2f")


def hour_text(hours_ahead: int, now_ns: int, zone: tzinfo | None = None) -> str:
    """`Now, 21:00–22:00` or `In 3 h, 00:00–01:00, Tuesday`: the hour that holds the time so many hours from now."""
    begins = local_time(now_ns + hours_ahead * HOUR, zone).replace(minute=0, second=0, microsecond=0)
    ends = local_time(now_ns + (hours_ahead + 1) * HOUR, zone)
    span = f"{begins:%H:%M}–{ends:%H}:00"
    other_day = f", {day_name(begins)}" if begins.date() != local_time(now_ns, zone).date() else ""
    return (tr("Now, {0}") if hours_ahead == 0 else tr("In {1} h, {0}")).format(f"{span}{other_day}", hours_ahead)


def confidence_text(confidence: float) -> str:
    word = tr("low") if confidence < _LOW_CONFIDENCE else tr("high") if confidence >= _HIGH_CONFIDENCE else tr("fair")
    return f"{word}, {number_text(confidence, '.2f')}"


def age_words(spot: Hotspot, now_ns: int) -> str:
    if not spot.computed_ns:
        return ""
    said = f"{clock_text(spot.computed_ns, now_ns)}, {relative_text(spot.computed_ns, now_ns)}"
    return tr("{0}; out of date").format(said) if spot.stale else said


def score_text(score: MapScore | None) -> str:
    """`Hit 0.41 at 5 % of the area, KDE 0.39, last week 0.09 (30 days)`."""
    if score is None:
        return tr("Not scored yet: that needs a forecast that was learnt from 14 days of incidents at least")
    best_first = sorted(score.peers, key=attrgetter("hit"), reverse=True)
    peers = "".join(f", {_peer_words(peer.name)} {number_text(peer.hit, '.2f')}" for peer in best_first)
    return tr("Hit {0} at {1} % of the area{2} ({3} days)").format(
        number_text(score.hit, ".2f"), number_text(100 * score.area_share, "g"), peers, score.days
    )


def _peer_words(name: str) -> str:
    """What a plain map is called on the screen; one that is not known here by its own name."""
    words = {
        "uniform": tr("uniform"),
        "last_week": tr("last week"),
        "promap": tr("ProMap"),
        "kde_500m": tr("KDE 500 m"),
        "kde_250m": tr("KDE 250 m"),
        "same_cell": tr("same cell"),
    }
    return words.get(name, name)


def score_detail(score: MapScore) -> str:
    return tr("95 of 100 times between {0} and {1}; PAI {2}, PEI {3}; {4} incidents.").format(
        number_text(score.low, ".2f"),
        number_text(score.high, ".2f"),
        number_text(score.pai, ".1f"),
        number_text(score.pei, ".2f"),
        score.incidents,
    )


def training_text(training: Training, now_ns: int) -> str:
    match training.state:
        case TrainingState.NEVER:
            said = tr("No forecast was learnt yet; the map is the plain one of the last 30 days")
        case TrainingState.RUNNING:
            return tr("Learning, {0} %").format(round(100 * training.progress))
        case TrainingState.DONE:
            said = tr("Learnt {0} from {1} incidents").format(relative_text(training.ended_ns, now_ns), training.incidents)
        case TrainingState.SKIPPED:
            said = tr("Not learnt: there were no incidents to learn from")
        case TrainingState.FAILED:
            said = tr("Learning failed {0}: {1} The forecast of before stays").format(
                relative_text(training.ended_ns, now_ns), _with_full_stop(training.trouble)
            )
    return tr("{0}; again {1}").format(said, clock_text(training.next_ns, now_ns)) if training.next_ns > now_ns else said


def map_trouble(state: RiskState, faded: bool, now_ns: int) -> tuple[str, str]:
    """What the operator has to know before trusting the map, with its level; empty when all is well."""
    if not state.enabled:
        return tr("The risk map is switched off."), "neutral"
    if state.trouble:
        return _with_full_stop(state.trouble), "high"
    if state.computed_ns and state.stale:
        return tr("The map is out of date: it was computed {0}.").format(relative_text(state.computed_ns, now_ns)), "moderate"
    if faded and state.score is None:
        said = tr("The map is faded: its forecast is not scored yet, so nobody knows whether it beats what is plain to see.")
        return said, "moderate"
    if faded:
        return tr("The map is faded: over the days it was scored, it was no better than what is plain to see."), "moderate"
    return "", "neutral"


def fire_class_word(fire_class: FireClass) -> str:
    return {
        FireClass.VERY_LOW: tr("very low"),
        FireClass.LOW: tr("low"),
        FireClass.MODERATE: tr("moderate"),
        FireClass.HIGH: tr("high"),
        FireClass.VERY_HIGH: tr("very high"),
        FireClass.EXTREME: tr("extreme"),
    }[fire_class]


def fire_text(risk: FireRisk | None) -> tuple[str, str]:
    """`FWI 23.4, high` and the role of its colour; unknown is said, and is not low."""
    if risk is None or risk.fire_class is None:
        return tr("Fire risk unknown"), "disabled"
    index = "" if risk.fwi is None else f"FWI {number_text(risk.fwi, '.1f')}, "
    return f"{index}{fire_class_word(risk.fire_class)}", FIRE_ROLES[risk.fire_class]


def _with_full_stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
