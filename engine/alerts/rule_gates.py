"""The gates of one rule, in their order. Each reads one value of a candidate against one threshold.

`value` and `threshold` of facts (camera, zone, armed, unknown, mode) are 1 and 0: a rule that does not ask has the threshold 0. A gate is
left out where it cannot concern the candidate: area risk where a rule does not ask or nobody knows the risk of the place; fire risk
where it is no smoke or fire that a sensor tells, or its confidence is unknown; the second scorer where it declined nothing.
What people report is never held back by fire risk.
"""

from collections.abc import Iterable

from engine.alerts.candidate import SEVERE, Candidate
from engine.alerts.gates import at_least
from engine.alerts.schedule import WEEK_MIN, inside_by_min, wall_minute
from engine.model.alerts.decision import GateReading
from engine.model.alerts.settings import AlertSettings, Rule
from engine.model.event import EventKind, Severity
from engine.model.fire.smoke import SCORE_ABOVE
from engine.model.value_class import dataclass

EVIDENCE, SEVERITY, CAMERA, ZONE, ARMED, ARMING = "evidence", "severity", "camera", "zone", "armed zone", "arming"
UNKNOWN, MODE, SCHEDULE, DUPLICATE, SHELVED = "unknown person", "site mode", "schedule", "duplicate", "shelved"
FIRE_RISK, AREA_RISK, LOAD, TRIAL, RULE, SECOND_SCORER = "fire risk", "area risk", "alarm load", "on trial", "rule", "second scorer"

DOUBT = 1.0  # nats that a severe candidate may lack: a narrow miss of one is raised
NARROW_NATS, NARROW_RISK = 1.0, 0.1
NEAR_FLOOD = 0.7  # of the flood's alerts in ten minutes: from here on the lowest class is held, and alerts are grouped by cause
LOWEST_CLASS = Severity.LOW  # CAP's “minor” are 1 and 2
LEAVING_S = 60.0  # who is inside when it is armed may leave
LONGEST_S = 86_400.0  # a day or longer: spans are not read beyond it
EVERYWHERE = "*"
HALF_WEEK_MIN = WEEK_MIN / 2


@dataclass(frozen=True, slots=True)
class Around:
    """What the gates of one rule see around a candidate.

    Attributes:
        since_same_s: since the rule last raised the same or it came again, None: not within a day.
        repeat_s: how soon after that it is still the same; None: as the rule has it.
        shelved_s: for how long what is like it stays shelved, 0: it is not.
        load: alerts raised in the last ten minutes.
    """

    since_same_s: float | None = None
    repeat_s: float | None = None
    shelved_s: float = 0.0
    load: int = 0


def readings(candidate: Candidate, rule: Rule, settings: AlertSettings, around: Around) -> tuple[GateReading, ...]:
    """All gates of a rule in their order, also behind the first that fails."""
    facts, severe = candidate.facts, gravity(candidate, rule) >= SEVERE
    found = [
        at_least(EVIDENCE, candidate.log_odds, rule.min_log_odds - (DOUBT if severe else 0.0), "nats"),
        at_least(SEVERITY, float(facts.severity), float(rule.min_severity)),
        _flag_gate(CAMERA, bool(rule.camera_ids), candidate.camera_id in rule.camera_ids),
        _flag_gate(ZONE, bool(rule.zone_ids), bool({*facts.zone_ids, candidate.zone_id} & {*rule.zone_ids})),
        _flag_gate(ARMED, rule.armed_only, is_armed(candidate, settings)),
        at_least(ARMING, facts.armed_s, LEAVING_S if rule.armed_only else 0.0, "s"),
        _flag_gate(UNKNOWN, rule.unknown_only, not facts.person_id),
        _flag_gate(MODE, bool(rule.modes), facts.mode in rule.modes),
        _schedule(candidate, rule, settings),
        _duplicate(rule, around),
        at_least(SHELVED, 0.0 - around.shelved_s, 0.0, "s"),
        *_risks(candidate, rule, severe),
        _load(candidate, rule, settings, around),
    ]
    return tuple(found)


def severity_of(candidate: Candidate, rule: Rule) -> Severity:
    """Of the alert that the rule would raise."""
    return candidate.facts.severity if rule.severity is None else rule.severity


def gravity(candidate: Candidate, rule: Rule) -> Severity:
    """The graver of the event and the alert: a rule that makes little of something severe does not let it be held."""
    return max(candidate.facts.severity, severity_of(candidate, rule))


def is_armed(candidate: Candidate, settings: AlertSettings) -> bool:
    armed = {zone for mode, zones in settings.armed_zones if mode is candidate.facts.mode for zone in zones}
    return EVERYWHERE in armed or bool(armed & {*candidate.facts.zone_ids, candidate.zone_id})


def near_flood(load: int, settings: AlertSettings) -> bool:
    return load >= NEAR_FLOOD * settings.flood_at


def needed_severity(load: int, settings: AlertSettings) -> Severity:
    """From which severity on alerts are raised at this load. Never more than 3: what is severe is not held."""
    return Severity(LOWEST_CLASS + 1) if near_flood(load, settings) else Severity.MINIMAL


def second_scorer(score: float) -> GateReading:
    """It has to be above the threshold, not at it."""
    return GateReading(SECOND_SCORER, score, SCORE_ABOVE, score - SCORE_ABOVE, score > SCORE_ABOVE)


def _flag_gate(gate: str, asked: bool, holds: bool) -> GateReading:
    return at_least(gate, float(holds or not asked), float(asked))


def _schedule(candidate: Candidate, rule: Rule, settings: AlertSettings) -> GateReading:
    minute = wall_minute(candidate.at_ns, settings.time_zone) if rule.hours else 0.0
    return at_least(SCHEDULE, inside_by_min(rule.hours, minute), 0.0, "min")


def _duplicate(rule: Rule, around: Around) -> GateReading:
    since_s = LONGEST_S if around.since_same_s is None else min(around.since_same_s, LONGEST_S)
    return at_least(DUPLICATE, since_s, rule.repeat_s if around.repeat_s is None else around.repeat_s, "s")


def _risks(candidate: Candidate, rule: Rule, severe: bool) -> Iterable[GateReading]:
    smoke, risk = candidate.facts.smoke_conf, candidate.facts.area_risk
    if (score := candidate.facts.declined_score) is not None:
        yield second_scorer(score)
    if candidate.facts.kind is EventKind.SMOKE and smoke is not None:
        yield at_least(FIRE_RISK, smoke, 0.0 if severe else candidate.facts.fire_threshold)
    if rule.area_risk is not None and risk is not None:
        yield at_least(AREA_RISK, risk, 0.0 if severe else rule.area_risk)


def _load(candidate: Candidate, rule: Rule, settings: AlertSettings, around: Around) -> GateReading:
    return at_least(LOAD, float(gravity(candidate, rule)), float(needed_severity(around.load, settings)))
