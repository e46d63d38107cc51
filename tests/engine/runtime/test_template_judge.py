"""Orders of a hub at a whole engine: a dry run changes nothing, an application is whole or not at all, and it is taken back and told of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.undo import RemovedKind, UndoRemoval
from engine.model.alerts.commands import ChangeAlerting
from engine.model.alerts.settings import Rule
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import EventKind
from engine.model.question import ListAudit
from engine.model.templates import FieldDrift, OrderAct, OrderOutcome, OrderState
from engine.runtime.hub.hub_side import NOT_ACCEPTED
from engine.runtime.hub.hub_word import hub_word
from engine.runtime.hub.membership import Membership, write_membership
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.template_messages import SignedOrder, TemplateReport, pack_told
from engine.runtime.hub.template_word import LATE, UNTRUE, template_word
from engine.runtime.templates.applied_templates import MOST_KEPT, AppliedTemplates, KeptTemplate, forget_templates
from engine.runtime.templates.given_order import GivenOrder
from engine.runtime.templates.template_judge import BEYOND, CHANGED, TemplateJudge
from engine.runtime.templates.template_values import NOT_CENTRAL, rule_field
from engine.runtime.templates.template_values import all_values as every_value
from tests.engine.runtime.test_alerts import raised
from tests.fakes.people_site import ADMIN, PeopleSite, people_site

_NUMBERS = count()
HUB = NKey.new(KeyKind.ACCOUNT)
ANA = User("7", "Ana", Role.ADMIN)
AT_SITE = User("hub-7", "Ana", Role.OPERATOR)
VALUES: Mapping[str, Any] = {"gates.min_confidence": 0.61, "alerts.flood_at": 20, "alerts.rules[gate]": {"id": "gate", "name": "Gate"}}


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("templates") / "site") as site:
        yield site


@pytest.fixture
def site(whole_site: PeopleSite) -> Iterator[PeopleSite]:
    """With the settings that it had, and no template."""
    before, folder = whole_site.engine.settings, whole_site.engine.basis.data.path
    yield whole_site
    whole_site.engine.undo.clear()
    whole_site.engine.update_settings(lambda _: before, "test")
    forget_templates(folder)


def judge(site: PeopleSite) -> TemplateJudge:
    return TemplateJudge(site.engine, site.engine.basis.data.path)


def order(act: OrderAct, values: Mapping[str, Any] = VALUES, seen: str = "", version: int = 1) -> GivenOrder:
    return GivenOrder(f"to-{next(_NUMBERS)}", act, "tp-1", "Night rules", version, values, seen)


def dry_run(site: PeopleSite, values: Mapping[str, Any] = VALUES) -> OrderOutcome:
    return judge(site).take(order(OrderAct.DRY_RUN, values), ANA, AT_SITE)


def apply(site: PeopleSite, values: Mapping[str, Any] = VALUES, seen: str = "", version: int = 1) -> OrderOutcome:
    return judge(site).take(order(OrderAct.APPLY, values, seen or dry_run(site, values).seen, version), ANA, AT_SITE)


def audit(site: PeopleSite, since_ns: int) -> list[AuditRow]:
    site.engine.auditor.finish()
    return [row for row in site.engine.record.store.answer(ListAudit()) if row.at_ns >= since_ns]


def test_a_dry_run_says_what_would_change_and_changes_nothing(site: PeopleSite) -> None:
    before, since_ns = site.engine.settings, site.engine.clock.now_ns()
    found = dry_run(site)
    assert found.state is OrderState.ANSWERED and not found.refusals and found.seen
    assert {(each.field, each.now, each.then) for each in found.changes} == {
        ("gates.min_confidence", "0.45", "0.61"),
        ("alerts.flood_at", "10", "20"),
        ("alerts.rules[gate]", "", "Gate"),
    }
    assert site.engine.settings is before and not audit(site, since_ns) and not judge(site).applied()


def test_a_dry_run_counts_the_alerts_that_other_rules_would_have_raised(site: PeopleSite) -> None:
    assert dry_run(site, {"gates.min_seen_s": 2.0}).trial is None, "no rule would change"
    raised(site, "tried")
    site.flush()
    without = {"alerts.rules[report]": {"id": "report", "name": "Reported incident", "kinds": ["incident"], "mode": "off"}}
    found = dry_run(site, without).trial
    assert found is not None and found.looked_at >= 1 and not found.why_not
    assert (found.now, found.then, found.gained, found.lost) == (found.lost, 0, 0, found.lost) and found.lost >= 1


def test_all_that_a_site_refuses_is_named_and_nothing_is_half_applied(site: PeopleSite) -> None:
    before = site.engine.settings
    wrong = {
        **VALUES,
        "access.pin_lock": True,
        "recording.keep_events_days": 1,
        "alerts.rules[yard]": {"id": "yard", "name": "Yard", "zone_ids": ["yard"]},
        "alerts.armed_zones": [["away", ["vault"]]],
    }
    for found in (dry_run(site, wrong), apply(site, wrong, seen="as it was")):
        refused = {each.field: each.message for each in found.refusals}
        assert refused["access.pin_lock"] == refused["recording.keep_events_days"] == NOT_CENTRAL
        assert refused["alerts.rules[yard].zone_ids"].startswith("there is no zone 'yard'")
        assert "there is no zone 'vault'" in refused["alerts.armed_zones.away"] and len(refused) == 4
    assert apply(site, wrong, seen="as it was").state is OrderState.REFUSED
    assert not [each for each in dry_run(site, wrong).changes if "access" in each.field or "keep" in each.field], (
        "nor is it told what is set"
    )
    assert site.engine.settings is before and not judge(site).applied()


def test_it_is_applied_in_the_name_of_the_person_and_told_as_applied(site: PeopleSite) -> None:
    since_ns, version = site.engine.clock.now_ns(), site.engine.settings.alerts.version
    found = apply(site)
    now = site.engine.settings
    assert found.state is OrderState.APPLIED and len(found.changes) == 3
    assert (now.gates.min_confidence, now.alerts.flood_at, now.alerts.rules[-1]) == (0.61, 20, Rule("gate", "Gate"))
    assert now.alerts.version == version + 1, "who is editing the rules is told"
    rows = {row.verb: row for row in audit(site, since_ns)}
    assert {row.by for row in rows.values()} == {"Ana"} and {row.by_id for row in rows.values()} == {"hub-7"}
    assert set(rows) == {AuditVerb.APPLY_TEMPLATE, AuditVerb.CHANGE_ALERTING, AuditVerb.CHANGE_SETTINGS}
    assert rows[AuditVerb.APPLY_TEMPLATE].subject == "tp-1" and "gates.min_confidence" in rows[AuditVerb.APPLY_TEMPLATE].detail
    (told,) = judge(site).applied()
    assert (told.template, told.version, told.by, told.differs) == ("tp-1", 1, "Ana", ())


def test_brought_again_it_changes_nothing(site: PeopleSite) -> None:
    """The hub was not told that it was done."""
    seen = dry_run(site).seen
    assert apply(site, seen=seen).state is OrderState.APPLIED
    before = site.engine.settings
    again = apply(site, seen=seen)
    assert (again.state, again.changes) == (OrderState.APPLIED, ()) and site.engine.settings == before


def test_what_was_taken_back_at_the_site_is_not_done_again_by_the_same_order(site: PeopleSite) -> None:
    """Also not by one from before the last, which somebody on the line kept."""
    first, second = (order(OrderAct.APPLY, seen=dry_run(site).seen) for _ in range(2))
    before = site.engine.settings
    for given in (first, second):
        assert judge(site).take(given, ANA, AT_SITE).state is OrderState.APPLIED
    site.tell(UndoRemoval(site.engine.undo.of(ADMIN)[-1].id))
    assert site.engine.settings.gates == before.gates
    now = site.engine.settings
    for given in (first, second):
        again = judge(site).take(given, ANA, AT_SITE)
        assert (again.state, again.changes) == (OrderState.APPLIED, ()) and site.engine.settings is now
    assert judge(site).take(replace(first, id="to-new"), ANA, AT_SITE).changes, "whoever wants it again orders it again"


def test_templates_without_end_fill_neither_the_disk_nor_the_message(site: PeopleSite) -> None:
    kept = AppliedTemplates(site.engine.basis.data.path)
    values = {rule_field(f"r{n}"): {"id": f"r{n}", "name": "x" * 120} for n in range(100)}
    for number in range(MOST_KEPT + 3):
        kept.put(KeptTemplate(f"tp-{number}", 1, 1, "Ana", values))
    applied = judge(site).applied()
    assert [each.template for each in applied] == [f"tp-{number}" for number in range(3, MOST_KEPT + 3)]
    assert all(each.differs for each in applied), "none is told to be as it was applied"
    assert len(pack_told((), TemplateReport("", True, applied))) < 1 << 20


def test_where_somebody_changed_a_value_since_the_dry_run_it_is_asked_anew(site: PeopleSite) -> None:
    seen = dry_run(site).seen
    site.tell(ChangeSettings(gates=replace(site.engine.settings.gates, min_confidence=0.3)))
    before = site.engine.settings
    found = apply(site, seen=seen)
    assert (found.state, found.message) == (OrderState.CHANGED, CHANGED) and site.engine.settings == before
    assert ("gates.min_confidence", "0.3", "0.61") in {(each.field, each.now, each.then) for each in found.changes}
    site.tell(ChangeSettings(gates=replace(before.gates, min_seen_s=9.0)))
    assert apply(site).state is OrderState.APPLIED, "a field of no template keeps nothing up"
    assert site.engine.settings.gates.min_seen_s == 9.0


def test_whoever_administers_the_site_takes_it_back(site: PeopleSite) -> None:
    before = site.engine.settings
    apply(site)
    (undo,) = site.engine.undo.of(ADMIN)
    assert (undo.kind, undo.name) == (RemovedKind.TEMPLATE, "Night rules")
    site.tell(ChangeSettings(gates=replace(site.engine.settings.gates, min_confidence=0.2)))
    site.tell(UndoRemoval(undo.id))
    now = site.engine.settings
    assert now.alerts.rules == before.alerts.rules and now.alerts.flood_at == 10
    assert now.gates.min_confidence == 0.2, "what was changed since stays"
    assert {each.field for each in judge(site).applied()[0].differs} == {"gates.min_confidence", "alerts.flood_at", "alerts.rules[gate]"}


def test_undo_is_for_administrators_alone(site: PeopleSite) -> None:
    apply(site)
    operator = replace(ADMIN, id="other", verbs=frozenset())
    assert site.engine.undo.of(replace(ADMIN, id="another")) and not site.engine.undo.of(operator)


def test_how_it_differs_is_told_with_who_changed_it(site: PeopleSite) -> None:
    apply(site)
    taking = judge(site)
    assert taking.applied()[0].differs == ()
    since_ns = site.engine.clock.now_ns()
    settings = site.engine.settings
    rules = tuple(replace(rule, kinds=(EventKind.FALL,)) if rule.id == "gate" else rule for rule in settings.alerts.rules)
    site.tell(ChangeAlerting(replace(settings.alerts, rules=rules)))
    site.engine.update_settings(lambda now: replace(now, gates=replace(now.gates, min_confidence=0.1)), "by hand")
    site.engine.auditor.finish()
    rule, gate = sorted(taking.applied()[0].differs, key=lambda each: each.field)
    assert (rule.field, rule.now, rule.then, rule.changed_by) == ("alerts.rules[gate].kinds", "['fall']", "[]", ADMIN.user.name)
    assert rule.changed_ns is not None and rule.changed_ns >= since_ns
    assert gate == FieldDrift("gates.min_confidence", "0.1", "0.61"), "nothing in the audit tells of it"


def test_an_older_version_is_applied_again(site: PeopleSite) -> None:
    apply(site)
    assert apply(site, {**VALUES, "alerts.flood_at": 30}, version=2).state is OrderState.APPLIED
    assert site.engine.settings.alerts.flood_at == 30
    assert apply(site, version=1).state is OrderState.APPLIED
    assert site.engine.settings.alerts.flood_at == 20
    (told,) = judge(site).applied()
    assert (told.version, told.differs) == (1, ())


def test_a_site_tells_its_present_values(site: PeopleSite) -> None:
    found = judge(site).take(order(OrderAct.TAKE, {}), ANA, AT_SITE)
    assert json.loads(found.values) == json.loads(json.dumps(every_value(site.engine.settings)))


@pytest.mark.parametrize("user", [replace(ANA, role=Role.INVESTIGATOR), replace(ANA, cameras=("door",))])
@pytest.mark.parametrize("act", list(OrderAct))
def test_who_does_not_administer_the_whole_site_gets_nothing(site: PeopleSite, user: User, act: OrderAct) -> None:
    before = site.engine.settings
    found = judge(site).take(order(act), user, AT_SITE)
    assert found.state is OrderState.REFUSED and found.refusals[0].message == BEYOND
    assert not found.values and not found.changes and site.engine.settings is before


def member(site: PeopleSite, accept: bool) -> None:
    membership = Membership("north", "https://hub.test", "nats://hub.test", "claims", "00", HUB.public, accept_settings=accept)
    write_membership(site.engine.basis.data.path, membership)


def obeyed(site: PeopleSite, given: GivenOrder, key: NKey = HUB, to: str = "north", age_ns: int = 0, id_: str = "") -> OrderOutcome:
    word = template_word(key, to, ANA, given, site.engine.clock.now_ns() - age_ns)
    return site.engine.hub.obey(SignedOrder(id_ or given.id, word))


def test_a_hub_orders_nothing_that_the_site_does_not_allow(site: PeopleSite) -> None:
    """Its administrator says whether at all; and what is no order of its hub, for this site, of now, is none."""
    before, folder = site.engine.settings, site.engine.basis.data.path
    try:
        member(site, accept=False)
        for act in OrderAct:
            assert obeyed(site, order(act)).refusals[0].message == NOT_ACCEPTED
        assert not site.engine.hub.report().accepts
        member(site, accept=True)
        assert site.engine.hub.report().accepts
        given = order(OrderAct.APPLY, seen=dry_run(site).seen)
        week_ns = 8 * 86_400 * 1_000_000_000
        for found, why in (
            (obeyed(site, given, key=NKey.new(KeyKind.ACCOUNT)), UNTRUE),
            (obeyed(site, given, to="south"), UNTRUE),
            (obeyed(site, given, id_="to-other"), UNTRUE),
            (obeyed(site, given, age_ns=week_ns), LATE),
            (site.engine.hub.obey(SignedOrder(given.id, hub_word(HUB, "north", ANA, site.engine.clock.now_ns()))), UNTRUE),
            (obeyed(site, replace(given, values={"access.pin_lock": False})), NOT_CENTRAL),
        ):
            assert found.state is OrderState.REFUSED and found.refusals[0].message == why
        assert site.engine.settings is before
        assert obeyed(site, given).state is OrderState.APPLIED
        account = next(user for user in site.engine.accounts.users() if user.id == "hub-7")
        assert account.role is Role.OPERATOR, "and is no more than before at everything else"
    finally:
        (folder / "hub.json").unlink()


def test_what_cannot_be_kept_is_brought_again(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise EnvironmentFault("not_written", "The disk is full.")

    monkeypatch.setattr("engine.runtime.settings.site_settings.save_settings", full)
    before = site.engine.settings
    with pytest.raises(EnvironmentFault):
        apply(site)
    assert site.engine.settings is before and not judge(site).applied()


def test_undo_says_where_nothing_is_left_of_it(site: PeopleSite) -> None:
    apply(site, {"alerts.flood_at": 21})
    (undo,) = site.engine.undo.of(ADMIN)
    apply(site, {"alerts.flood_at": 22}, version=2)
    with pytest.raises(InputError, match="changed again since"):
        site.tell(UndoRemoval(undo.id))
