"""What a site makes of an order of its hub: it tells present values, says what a template would change, or applies it."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User, Verb
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.alerts.settings import AlertSettings
from engine.model.errors import Conflict, EnvironmentFault, InputError, WatchroomError
from engine.model.question import TryRules
from engine.model.settings import Settings
from engine.model.templates import AlertTrial, AppliedTemplate, FieldRefusal, OrderAct, OrderOutcome, OrderState, TemplateValues
from engine.model.upkeep import SettingChange
from engine.runtime.alerts.alert_commands import AlertHost
from engine.runtime.alerts.rule_questions import LONGEST_TRIAL_H, check_places, trial
from engine.runtime.operations.execution import ExecutionHost, note
from engine.runtime.operations.spec import AuditEntry
from engine.runtime.templates.applied_templates import AppliedTemplates, KeptTemplate
from engine.runtime.templates.given_order import GivenOrder
from engine.runtime.templates.template_drift import drift_of
from engine.runtime.templates.template_values import (
    RULES,
    all_values,
    differences_of,
    digest_of,
    put_back,
    readable_values,
    refusals_of,
    rule_id_of,
    values_of,
    with_values,
)
from engine.runtime.undoing import Removal, short_name

MOST_CHANGES = 500  # told of one order
MOST_OF_TRIAL = 1_000  # alerts that a trial names of a kind
BEYOND = "Only an administrator of the hub for the whole site can use templates there."
CHANGED = "The site's values have changed since the dry run."
NOTHING_DECIDED = "The site's record has no alert decisions of this period."


class TemplateHost(AlertHost, ExecutionHost, Protocol):
    """What this needs of the engine."""


class TemplateJudge:
    """Any thread but the engine's; one order at a time. An order that comes again changes nothing, also where somebody at the site took
    it back since.

    `folder`: the data folder.
    """

    def __init__(self, host: TemplateHost, folder: Path) -> None:
        self._host = host
        self._applied = AppliedTemplates(folder)
        self._lock = threading.Lock()
        self._told: tuple[object, tuple[AppliedTemplate, ...]] = (None, ())  # of which settings, templates and audit

    def take(self, order: GivenOrder, signed: User, vouched: User) -> OrderOutcome:
        """`signed`: who wants it, as the hub has them; vouched: who they are here. Raises EnvironmentFault: it has to be brought again."""
        with self._lock:
            try:
                if Verb.ADMINISTER not in ROLE_VERBS[signed.role] or signed.cameras is not None:
                    raise InputError("", BEYOND)
                return self._take(order, vouched)
            except EnvironmentFault:
                raise
            except WatchroomError as error:
                return _refusal_outcome((_refusal(error),))

    def applied(self) -> tuple[AppliedTemplate, ...]:
        """How the settings of now differ from what was applied."""
        kept, settings = self._applied.all(), self._host.settings
        if not kept:
            return ()
        audit = self._host.record.store.audit
        of = (settings, kept, audit(1))
        if self._told[0] != of:
            self._told = (of, drift_of(settings, kept, audit))
        return self._told[1]

    def _take(self, order: GivenOrder, vouched: User) -> OrderOutcome:
        """Raises InputError, EnvironmentFault."""
        settings = self._host.settings
        if order.act is OrderAct.TAKE:
            return OrderOutcome(OrderState.ANSWERED, values=json.dumps(all_values(settings)))
        refusals = refusals_of(settings, order.values, _check)
        if order.act is OrderAct.DRY_RUN:
            return self._dry_run(order, settings, refusals)
        return _refusal_outcome(refusals) if refusals else self._apply(order, vouched)

    def _dry_run(self, order: GivenOrder, settings: Settings, refusals: tuple[FieldRefusal, ...]) -> OrderOutcome:
        then = readable_values(order.values)  # nothing is told of a field that no template can hold
        now = values_of(settings, then)
        changes = _changes(now, then)
        tried = None if refusals else self._try(settings.alerts, with_values(settings, order.values).alerts)
        return OrderOutcome(OrderState.ANSWERED, changes, refusals, tried, digest_of(now))

    def _try(self, now: AlertSettings, then: AlertSettings) -> AlertTrial | None:
        """None: the rules stay as they are."""
        if (now.rules, now.armed_zones, now.flood_at) == (then.rules, then.armed_zones, then.flood_at):
            return None
        found = trial(self._host, TryRules(then, LONGEST_TRIAL_H))
        if not found.looked_at:
            return AlertTrial(LONGEST_TRIAL_H, why_not=NOTHING_DECIDED)
        gained, lost, same = len(found.gained), len(found.lost), len(found.same)
        least = MOST_OF_TRIAL in (gained, lost, same)
        return AlertTrial(LONGEST_TRIAL_H, found.looked_at, lost + same, gained + same, gained, lost, least=least)

    def _apply(self, order: GivenOrder, vouched: User) -> OrderOutcome:
        """Raises InputError, EnvironmentFault."""
        if self._applied.is_done(order.template, order.id):
            return OrderOutcome(OrderState.APPLIED, seen=digest_of(order.values))
        account = self._host.accounts.admit_vouched(vouched)
        session = Session("template", account, ROLE_VERBS[Role.ADMIN])
        before: TemplateValues = {}

        def changed(settings: Settings) -> Settings:
            before.update(values_of(settings, order.values))
            if digest_of(before) not in (order.seen, digest_of(order.values)):
                raise Conflict("", CHANGED)
            then = with_values(settings, order.values)
            _check(then, order.values)
            return then

        try:
            self._host.update_settings(changed, account.name)
        except Conflict:
            return OrderOutcome(OrderState.CHANGED, _changes(before, order.values), seen=digest_of(before), message=CHANGED)
        changes = _changes(before, order.values)
        if changes:
            self._host.undo.put(self._removal(order, before, session), Verb.ADMINISTER, session)
        note(self._host, _entries(order, changes), account)
        self._host.durability.wait()
        now_ns = self._host.clock.now_ns()  # what the audit has from here on is somebody else's change
        self._applied.put(KeptTemplate(order.template, order.version, now_ns, account.name, order.values, (order.id,)))
        return OrderOutcome(OrderState.APPLIED, changes, seen=digest_of(order.values))

    def _removal(self, order: GivenOrder, before: TemplateValues, session: Session) -> Removal:
        """Whoever administers the site takes it back, whatever session they have."""

        def back(settings: Settings) -> Settings:
            then = put_back(settings, before, order.values)
            if then == settings:
                raise InputError("", "These settings were changed again since. Nothing was changed back.")
            return then

        def restore() -> None:
            self._host.update_settings(back, session.user.name)

        return Removal(RemovedKind.TEMPLATE, order.template, short_name(order.name), restore, by_all=True)


def _check(settings: Settings, values: TemplateValues) -> None:
    """Cameras and zones of the template's rules are there. Raises InputError."""
    ids = {rule_id for name in values if (rule_id := rule_id_of(name)) is not None}
    armed = settings.alerts.armed_zones if f"{RULES.partition('.')[0]}.armed_zones" in values else ()
    rules = tuple(rule for rule in settings.alerts.rules if rule.id in ids)
    try:
        check_places(replace(settings.alerts, rules=rules, armed_zones=armed), settings)
    except InputError as error:
        raise InputError(_field_of_place(error.field, ids), error.message) from None


def _field_of_place(field: str, ids: set[str]) -> str:
    """`rules.<id>.zone_ids` as a template calls it: `alerts.rules[<id>].zone_ids`."""
    rule_id = next((each for each in ids if field.startswith(f"rules.{each}.")), None)
    return f"alerts.{field}" if rule_id is None else f"{RULES}[{rule_id}]{field.removeprefix(f'rules.{rule_id}')}"


def _changes(now: TemplateValues, then: TemplateValues) -> tuple[SettingChange, ...]:
    return differences_of(now, then)[:MOST_CHANGES]


def _entries(order: GivenOrder, changes: tuple[SettingChange, ...]) -> tuple[AuditEntry, ...]:
    """A row for the template, beside those of the changes as any administrator's."""
    parts = dict.fromkeys(change.field.partition(".")[0] for change in changes)
    rows: list[AuditEntry] = [
        (
            AuditVerb.APPLY_TEMPLATE,
            order.template,
            f"version {order.version}: {', '.join(change.field for change in changes) or 'no change'}",
        )
    ]
    if "alerts" in parts:
        rows.append((AuditVerb.CHANGE_ALERTING, "", f"template {order.template}, version {order.version}"))
    if rest := ", ".join(part for part in parts if part != "alerts"):
        rows.append((AuditVerb.CHANGE_SETTINGS, "", rest))
    return tuple(rows)


def _refusal(error: WatchroomError) -> FieldRefusal:
    return FieldRefusal(error.field, error.message) if isinstance(error, InputError) else FieldRefusal("", str(error))


def _refusal_outcome(refusals: tuple[FieldRefusal, ...]) -> OrderOutcome:
    return OrderOutcome(OrderState.REFUSED, refusals=refusals)
