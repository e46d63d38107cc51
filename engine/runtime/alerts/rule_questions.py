"""Questions: rules as text, and what other rules would have raised in the last hours."""

from typing import Protocol

from engine.alerts.rule_text import read_rules, rules_text
from engine.alerts.trial import try_rules
from engine.model.accounts.access import Scope, Session
from engine.model.alerts.decision import Decision, Stage
from engine.model.alerts.settings import AlertSettings, Rule
from engine.model.errors import InputError
from engine.model.places import choices
from engine.model.question import ListDecisions, PrintRules, ReadRules, RulesText, RuleTrial, TryRules
from engine.model.settings import Settings
from engine.model.time import Clock, seconds_to_ns
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.recorder.record import Record

LONGEST_TRIAL_H = 24.0 * 7
PAGE = 2_000


class RuleHost(Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...

    @property
    def settings(self) -> Settings: ...


def printed(settings: Settings, rules: tuple[Rule, ...] | None = None) -> RulesText:
    """Those in force, where none are given."""
    told = settings.alerts.rules if rules is None else rules
    return RulesText(settings.alerts.version, rules_text(told), told)


def read(settings: Settings, text: str) -> RulesText:
    """Cameras and zones are those of the settings."""
    rules, wrong = read_rules(text, lambda rule: _check_rule(rule, settings))
    return RulesText(settings.alerts.version, text if wrong else rules_text(rules), rules, wrong)


def trial(engine: RuleHost, question: TryRules) -> RuleTrial:
    """What other rules would have made of the last hours. Raises InputError."""
    if not 0 < question.hours <= LONGEST_TRIAL_H:
        raise InputError("hours", f"{question.hours:g} is outside 0–{LONGEST_TRIAL_H:g}")
    check_places(question.alerts, engine.settings)
    since_ns = engine.clock.now_ns() - seconds_to_ns(question.hours * 3600)
    return try_rules(_decided(engine, since_ns), engine.settings.alerts, question.alerts)


def check_places(alerts: AlertSettings, settings: Settings) -> None:
    """Raises InputError: a rule names a camera or zone that is not there."""
    for rule in alerts.rules:
        _check_rule(rule, settings, f"rules.{rule.id}.")
    zones = {place_id for place_id, _ in choices(settings)}
    for mode, armed in alerts.armed_zones:
        _check_known(f"armed_zones.{mode.value}", armed, zones | {"*"}, "zone")


def _check_rule(rule: Rule, settings: Settings, prefix: str = "") -> None:
    _check_known(f"{prefix}camera_ids", rule.camera_ids, {camera.id for camera in settings.cameras}, "camera")
    _check_known(f"{prefix}zone_ids", rule.zone_ids, {place_id for place_id, _ in choices(settings)}, "zone")


def _check_known(field: str, wanted: tuple[str, ...], known: set[str], what: str) -> None:
    unknown = next((each for each in wanted if each not in known), None)
    if unknown is not None:
        raise InputError(field, f"there is no {what} {unknown[:70]!r}; known are {', '.join(sorted(known)) or 'none'}")


def _decided(engine: RuleHost, since_ns: int) -> list[Decision]:
    """Decisions about alerts since then, newest first, as far as they are kept."""
    found: list[Decision] = []
    before: str | None = None
    while True:
        page = engine.record.store.answer(ListDecisions(PAGE, before, stage=Stage.ALERT, since_ns=since_ns))
        found += page
        if len(page) < PAGE:
            return found
        before = page[-1].id


def _try(engine: RuleHost, question: TryRules, _: Session, __: Scope | None) -> RuleTrial:
    return trial(engine, question)


def _print(engine: RuleHost, question: PrintRules, _: Session, __: Scope | None) -> RulesText:
    return printed(engine.settings, question.rules)


def _read_rules(engine: RuleHost, question: ReadRules, _: Session, __: Scope | None) -> RulesText:
    return read(engine.settings, question.text)


QUESTIONS: Questions[RuleHost] = (
    QuestionSpec(TryRules, scope=QuestionScope.SITE_WIDE, handler=_try),
    QuestionSpec(PrintRules, scope=QuestionScope.SITE_WIDE, handler=_print),
    QuestionSpec(ReadRules, scope=QuestionScope.SITE_WIDE, handler=_read_rules),
)
