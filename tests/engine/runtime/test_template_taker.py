"""A site asks its hub for orders, tells what became of them once, and tells of its templates only when that is other than the hub has."""

import asyncio
from dataclasses import replace

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.templates import AppliedTemplate, FieldDrift, OrderOutcome, OrderState
from engine.runtime.hub.template_messages import (
    MOST_ENDS,
    OrderEnd,
    SignedOrder,
    TemplateReport,
    digest_of_report,
    pack_orders,
    pack_told,
    read_orders,
    read_told,
)
from engine.runtime.hub.template_taker import FAILED, MOST_ROUNDS, MOST_TAKEN, TemplateTaker

APPLIED = AppliedTemplate("tp-1", 1, 10, "Ana")


class _Hub:
    most_bytes = 1 << 20

    def __init__(self, *waiting: str) -> None:
        self.waiting = list(waiting)
        self.ends: list[OrderEnd] = []
        self.reports: list[TemplateReport] = []
        self.asked = 0

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes:
        assert subject == "record.north.templates"
        self.asked += 1
        ends, report = read_told(data)
        self.ends += ends
        self.waiting = [each for each in self.waiting if each not in {end.id for end in ends}]
        self.reports += [] if report is None else [report]
        digest = self.reports[-1].digest if self.reports else ""
        return pack_orders([SignedOrder(each, "word") for each in self.waiting], digest)


class _Side:
    def __init__(self, busy: int = 0) -> None:
        self.busy, self.applied = busy, ()
        self.obeyed: list[str] = []

    def obey(self, given: SignedOrder) -> OrderOutcome:
        self.obeyed.append(given.id)
        if given.id == "to-bug":
            raise ValueError("a bug")
        if self.busy:
            self.busy -= 1
            raise EnvironmentFault("not_kept", "The disk is full.")
        self.applied = (APPLIED,)
        return OrderOutcome(OrderState.APPLIED)

    def report(self) -> TemplateReport:
        return TemplateReport(digest_of_report(True, self.applied), True, self.applied)


def run_until_asleep(hub: _Hub, side: _Side, sleeps: int) -> None:
    """Until it has paused so often."""

    class _Enough(Exception):
        pass

    left = [sleeps]

    async def pause(_: float) -> None:
        left[0] -= 1
        if not left[0]:
            raise _Enough

    with pytest.raises(_Enough):
        asyncio.run(TemplateTaker("north", hub, side, pause).run())


def test_orders_are_carried_out_and_what_changed_is_told_with_their_end() -> None:
    hub, side = _Hub("to-1", "to-2"), _Side()
    run_until_asleep(hub, side, 1)
    assert side.obeyed == ["to-1", "to-2"] and [end.id for end in hub.ends] == ["to-1", "to-2"]
    assert [report.applied for report in hub.reports] == [(), (APPLIED,)]


def test_what_the_hub_has_it_is_not_told_again() -> None:
    hub = _Hub()
    run_until_asleep(hub, _Side(), 5)
    assert hub.asked == 5 and len(hub.reports) == 1


def test_what_cannot_be_done_now_is_brought_again() -> None:
    hub, side = _Hub("to-1"), _Side(busy=1)
    run_until_asleep(hub, side, 2)
    assert side.obeyed == ["to-1", "to-1"] and not hub.waiting


def test_a_hub_that_has_always_one_more_keeps_the_site_from_nothing_else() -> None:
    hub, side = _Hub(*(f"to-{number}" for number in range(100))), _Side()
    run_until_asleep(hub, side, 1)
    assert len(side.obeyed) == MOST_ROUNDS * MOST_TAKEN and [end.id for end in hub.ends] == side.obeyed
    run_until_asleep(hub, side, 5)
    assert not hub.waiting and len(side.obeyed) == 100, "all are carried out in the end, and once"


def test_a_site_tells_a_hub_no_more_ends_than_it_was_given_orders() -> None:
    ends = [OrderEnd(f"to-{number}", OrderOutcome(OrderState.APPLIED)) for number in range(MOST_ENDS + 1)]
    assert len(read_told(pack_told(ends[1:], None))[0]) == MOST_ENDS
    with pytest.raises(InputError):
        read_told(pack_told(ends, None))


@pytest.mark.parametrize(
    "applied",
    [
        replace(APPLIED, applied_ns=10**30),
        replace(APPLIED, version=-1),
        replace(APPLIED, differs=(FieldDrift("gates.min_confidence", "1", "2", 10**30, "x"),)),
    ],
)
def test_times_that_are_none_are_refused(applied: AppliedTemplate) -> None:
    """Nobody could be shown where the other sites differ either."""
    good = replace(APPLIED, differs=(FieldDrift("gates.min_confidence", "1", "2", 7, "x"), FieldDrift("alerts.flood_at", "1", "2")))
    assert read_told(pack_told((), TemplateReport("d", True, (good,))))[1] == TemplateReport("d", True, (good,))
    with pytest.raises(InputError):
        read_told(pack_told((), TemplateReport("d", True, (applied,))))


def test_one_that_the_site_fails_on_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    hub, side = _Hub("to-bug", "to-2"), _Side()
    run_until_asleep(hub, side, 1)
    assert [(end.id, end.outcome.state) for end in hub.ends] == [("to-bug", OrderState.REFUSED), ("to-2", OrderState.APPLIED)]
    assert hub.ends[0].outcome.refusals[0].message == FAILED and "to-bug" in caplog.text


def test_messages_of_another_version_are_read_as_far_as_they_are_known() -> None:
    told = pack_told([OrderEnd("to-1", OrderOutcome(OrderState.APPLIED))], TemplateReport("d", True, (APPLIED,)))
    more = told.replace(b'"accepts"', b'"colour": 1, "accepts"').replace(b'"changes"', b'"more": [], "changes"')
    assert read_told(more) == read_told(told)
    assert read_orders(b'{"orders": [], "digest": "d", "more": 1}').digest == "d"
