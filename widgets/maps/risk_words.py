"""Risk, fire weather and how right the map was, in words."""

from datetime import tzinfo
from operator import attrgetter

from engine.model.fire.fire import FireClass, FireRisk
from engine.model.risk.risk import Hotspot, MapScore, RiskState, Training, TrainingState
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.time_text import clock_text, day_name, hour_of_clock_text, local_time, minute_text, relative_text
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
    begins = local_time(now_ns + hours_ahead * HOUR, zone)
    span = hour_of_clock_text(now_ns + hours_ahead * HOUR, zone)
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
    """`Forecast found 41 % of incidents in 5 % of the area; best simple method 39 %`. What is not better says so."""
    if score is None:
        return tr("Not scored yet: at least 14 days of incidents are needed")
    found = tr("Forecast found {0} of incidents in {1} of the area").format(_percent(score.hit), _percent(score.area_share))
    return f"{found}; {_against_peers(score)}" if score.peers else found


def _against_peers(score: MapScore) -> str:
    best = max(peer.hit for peer in score.peers)
    if score.beats:
        said = tr("best simple method {0}")
    elif score.hit < best:
        said = tr("a simple method found more ({0})")
    else:
        said = tr("no clear gain over simple methods (best {0})")
    return said.format(_percent(best))


def score_detail(score: MapScore) -> str:
    """Every method with its hit rate, one a line, the best first; then the measures of the field."""
    interval = tr("95 % interval {0} to {1}").format(_percent(score.low), _percent(score.high))
    lines = [
        tr("Hit rate: incidents found in the riskiest {0} of the area ({1} days, {2} incidents)").format(
            _percent(score.area_share), number_text(score.days), number_text(score.incidents)
        ),
        f"{_percent(score.hit)}  {tr('Forecast')}, {interval}",
        *(f"{_percent(peer.hit)}  {_peer_words(peer.name)}" for peer in sorted(score.peers, key=attrgetter("hit"), reverse=True)),
        tr("PAI {0}, PEI* {1} (forecast)").format(number_text(score.pai, ".1f"), number_text(score.pei, ".2f")),
    ]
    return "\n".join(lines)


def _peer_words(name: str) -> str:
    """What a plain map is called on the screen; one that is not known here by its own name."""
    words = {
        "uniform": tr("Uniform risk"),
        "last_week": tr("Incidents per cell, last 7 days"),
        "promap": tr("Near repeats (ProMap)"),
        "kde_500m": tr("Kernel density, 500 m"),
        "kde_250m": tr("Kernel density, 250 m"),
        "same_cell": tr("Incidents per cell, all time"),
    }
    return words.get(name, name)


def _percent(share: float) -> str:
    return tr("{0} %").format(number_text(100 * share, ".3g" if share < 0.01 else ".0f"))


def training_text(training: Training, now_ns: int) -> str:
    match training.state:
        case TrainingState.NEVER:
            said = tr("Not trained yet; the map shows the last 30 days")
        case TrainingState.RUNNING:
            return tr("Training, {0} %").format(round(100 * training.progress))
        case TrainingState.DONE:
            said = tr("Trained {0} on {1} incidents").format(relative_text(training.ended_ns, now_ns), number_text(training.incidents))
        case TrainingState.SKIPPED:
            said = tr("Not trained: no incidents")
        case TrainingState.FAILED:
            said = tr("Training failed {0}: {1} The previous forecast remains").format(
                relative_text(training.ended_ns, now_ns), _with_full_stop(training.trouble)
            )
    return tr("{0}; next training {1}").format(said, minute_text(training.next_ns)) if training.next_ns > now_ns else said


def map_trouble(state: RiskState, faded: bool, now_ns: int) -> tuple[str, str]:
    """What the operator has to know before trusting the map, with its level; empty when all is well."""
    if not state.enabled:
        return tr("The risk map is switched off."), "neutral"
    if state.trouble:
        return _with_full_stop(state.trouble), "high"
    if state.computed_ns and state.stale:
        return tr("The map is out of date: computed {0}.").format(relative_text(state.computed_ns, now_ns)), "moderate"
    if faded and state.score is None:
        said = tr("The map is faded: the forecast has not been scored yet.")
        return said, "moderate"
    if faded:
        return tr("The map is faded: the forecast scored no better than a plain baseline."), "moderate"
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
