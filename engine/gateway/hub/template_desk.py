"""Orders about templates that wait for a site are given to it when it asks; what became of them, and what it has, it tells here."""

from collections.abc import Sequence as Several

from engine.gateway.hub.site_grants import narrowed
from engine.model.errors import InputError
from engine.model.plain_text import check_texts
from engine.model.templates import OrderOutcome, OrderState, SiteTemplates, TemplateOrder, TemplateValues
from engine.model.time import Clock
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.template_messages import OrderEnd, SignedOrder, TemplateReport, pack_orders, read_told
from engine.runtime.templates.given_order import GivenOrder
from engine.store.shared.record import SharedRecord
from engine.store.shared.templates import KeptOrder

MOST_GIVEN = 5  # to a site at once: each is as large as a signed message can be
_BY_SITES = frozenset({OrderState.ANSWERED, OrderState.APPLIED, OrderState.REFUSED, OrderState.CHANGED})


class TemplateDesk:
    """Any thread. `site`: who speaks, as of `Intake`."""

    def __init__(self, record: SharedRecord, keys: HubKeys, clock: Clock) -> None:
        self._record, self._keys, self._clock = record, keys, clock

    def exchange(self, site: str, data: bytes) -> bytes:
        """Raises InputError (`message`), NotFound: it has left."""
        self._record.site(site)
        now_ns = self._clock.now_ns()
        ends, report = read_told(data)
        for end in ends:
            self._record.templates.end(site, end.id, _sound(end), now_ns)
        if report is not None:
            self._keep(site, report, now_ns)
        waiting = self._record.templates.waiting(site, now_ns, MOST_GIVEN)
        return pack_orders(self._signed(site, waiting), self._record.templates.told_digest(site))

    def _keep(self, site: str, report: TemplateReport, now_ns: int) -> None:
        check_texts(report)
        self._record.templates.tell(site, report.digest, SiteTemplates(site, report.accepts, report.applied, now_ns))

    def _signed(self, site: str, waiting: Several[KeptOrder]) -> list[SignedOrder]:
        """Who may less by now than when they ordered it orders it with that."""
        users = {stored.user.id: stored.user for stored in self._record.accounts.users()} if waiting else {}
        signed: list[SignedOrder] = []
        for each in waiting:
            user = narrowed(each.user, users.get(each.user.id, each.user), site)
            word = self._keys.template_order(site, user, self._order_of(each.order), each.order.asked_ns)
            signed.append(SignedOrder(each.order.id, word))
        return signed

    def _order_of(self, order: TemplateOrder) -> GivenOrder:
        name, values = self._content(order)
        return GivenOrder(order.id, order.act, order.template, name, order.version, values, order.seen)

    def _content(self, order: TemplateOrder) -> tuple[str, TemplateValues]:
        if not order.template:
            return "", {}
        templates = self._record.templates
        return templates.find(order.template).name, templates.version(order.template, order.version).values


def _sound(end: OrderEnd) -> OrderOutcome:
    """What a site may say. Raises InputError."""
    if end.outcome.state not in _BY_SITES:
        raise InputError("message", "is not understood")
    check_texts(end.outcome)
    return end.outcome
