"""The shared record keeps templates in versions that never change, and orders to sites until these have answered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.model.accounts.access import Role, User
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.templates import (
    ORDER_LIFE_NS,
    QUESTION_LIFE_NS,
    AppliedTemplate,
    FieldDrift,
    OrderAct,
    OrderOutcome,
    OrderState,
    SiteTemplates,
    TemplateOrder,
)
from engine.model.time import SECOND
from engine.model.upkeep import SettingChange
from engine.store.shared import templates as table
from engine.store.shared.record import SharedRecord
from engine.store.shared.templates import KEPT_NS, REMOVED, KeptOrder
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.whole_hub import empty_record

NOW_NS = 1_790_000_000 * SECOND
ANA = User("7", "Ana", Role.ADMIN)
VALUES = {"gates.min_confidence": 0.5, "alerts.rules[z]": {"id": "z", "name": "Z"}, "alerts.rules[a]": {"id": "a", "name": "A"}}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    with empty_record(server) as record:
        record.add_site("north", "North")
        record.templates.put("tp-1", "Night", VALUES, "first", ANA, NOW_NS)
        yield record


def ordered(record: SharedRecord, id_: str, act: OrderAct = OrderAct.APPLY, site: str = "north", at_ns: int = NOW_NS) -> TemplateOrder:
    order = TemplateOrder(id_, site, act, "tp-1", 1, at_ns, "Ana", "hub-7", "digest")
    record.templates.order(KeptOrder(order, ANA))
    return order


def state(record: SharedRecord, id_: str, now_ns: int = NOW_NS) -> OrderState:
    return record.templates.orders([id_], now_ns)[0].outcome.state


def test_versions_are_numbered_and_stay_as_they_are(record: SharedRecord) -> None:
    templates = record.templates
    second = templates.put("tp-2", "Night", {**VALUES, "gates.min_confidence": 0.6}, "less", ANA, NOW_NS + 1)
    assert (second.template, second.number, second.by, second.note) == ("tp-1", 2, "Ana", "less")
    assert [each.number for each in templates.versions("tp-1")] == [2, 1]
    assert list(templates.version("tp-1", 1).values.items()) == list(VALUES.items()), "rules are asked in their order"
    assert (templates.find("Night"), templates.find("tp-1").newest) == (templates.all()[0], 2)
    with pytest.raises(InputError, match="nothing differs from version 2"):
        templates.put("tp-3", "Night", second.values, "again", ANA, NOW_NS + 2)
    for missing in (lambda: templates.find("Day"), lambda: templates.version("tp-1", 3)):
        with pytest.raises(NotFound):
            missing()
    assert [row.verb for row in record.audit.rows(9)] == [HubVerb.PUT_TEMPLATE] * 2


def test_an_order_waits_until_its_site_has_answered(record: SharedRecord) -> None:
    order = ordered(record, "to-1")
    assert record.templates.waiting("south", NOW_NS, 9) == ()
    (kept,) = record.templates.waiting("north", NOW_NS, 9)
    assert (kept.order, kept.user) == (order, ANA)
    done = OrderOutcome(OrderState.APPLIED, (SettingChange("gates.min_confidence", "0.4", "0.5"),), seen="d2")
    record.templates.end("south", "to-1", done, NOW_NS + 1)
    assert state(record, "to-1") is OrderState.WAITING, "it is none of that site's"
    record.templates.end("north", "to-1", done, NOW_NS + 2)
    record.templates.end("north", "to-1", OrderOutcome(OrderState.REFUSED), NOW_NS + 3)
    (ended,) = record.templates.orders(["to-1", "to-none"], NOW_NS)
    assert ended == replace(order, outcome=done, ended_ns=NOW_NS + 2)
    assert record.templates.waiting("north", NOW_NS, 9) == ()
    assert [row.verb for row in record.audit.rows(2)] == [HubVerb.END_TEMPLATE_ORDER, HubVerb.ORDER_TEMPLATE]
    chain, _ = record.audit.check()
    assert chain.fault is None


def test_a_later_order_of_its_kind_replaces_one_that_waits(record: SharedRecord) -> None:
    ordered(record, "to-1")
    ordered(record, "to-dry", OrderAct.DRY_RUN)
    ordered(record, "to-2", at_ns=NOW_NS + 1)
    assert [state(record, each) for each in ("to-1", "to-dry", "to-2")] == [OrderState.REPLACED, OrderState.WAITING, OrderState.WAITING]
    newest = record.templates.newest("north", "tp-1", OrderAct.APPLY)
    assert newest is not None and newest.id == "to-2"


def test_what_waited_for_too_long_ends_and_is_forgotten_later(record: SharedRecord) -> None:
    ordered(record, "to-dry", OrderAct.DRY_RUN)
    ordered(record, "to-1")
    later_ns = NOW_NS + QUESTION_LIFE_NS + 1
    assert [each.order.id for each in record.templates.waiting("north", later_ns, 9)] == ["to-1"], "nobody sits there any more"
    week_ns = NOW_NS + ORDER_LIFE_NS + 1
    assert record.templates.waiting("north", week_ns, 9) == () and state(record, "to-1", week_ns) is OrderState.EXPIRED
    assert record.templates.orders(["to-1"], week_ns + KEPT_NS + 1) == ()


def test_what_waits_of_a_removed_account_is_withdrawn(record: SharedRecord) -> None:
    ordered(record, "to-1")
    assert record.templates.refuse_of("7", NOW_NS) == 1
    (ended,) = record.templates.orders(["to-1"], NOW_NS)
    assert (ended.outcome.state, ended.outcome.message) == (OrderState.REFUSED, REMOVED)


def test_no_more_orders_wait_for_a_site_than_are_kept(record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_WAITING", 1)
    ordered(record, "to-1")
    with pytest.raises(EnvironmentFault, match="wait already"):
        ordered(record, "to-dry", OrderAct.DRY_RUN)
    assert record.templates.orders(["to-dry"], NOW_NS) == ()


def test_what_a_site_tells_of_itself_is_kept_with_when(record: SharedRecord) -> None:
    assert record.templates.told_digest("north") == "" and record.templates.reports() == {}
    drift = (FieldDrift("gates.min_confidence", "0.4", "0.5", NOW_NS, "rita"),)
    told = SiteTemplates("north", True, (AppliedTemplate("tp-1", 1, NOW_NS, "Ana", drift),), NOW_NS + 1)
    record.templates.tell("north", "d1", SiteTemplates("north", False, (), NOW_NS))
    record.templates.tell("north", "d2", told)
    assert record.templates.told_digest("north") == "d2" and record.templates.reports() == {"north": told}
