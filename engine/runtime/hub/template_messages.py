"""What site and hub say to each other of templates: the site what it made of orders and which it has, the hub which orders wait."""

import hashlib
import json
from collections.abc import Sequence as Several
from typing import Any

from engine.model.templates import AppliedTemplate, OrderOutcome
from engine.model.tolerant_wire import read_tolerantly
from engine.model.value_class import dataclass
from engine.model.wire import to_plain
from engine.runtime.hub.hub_asking import at_most, read_json

MOST_ENDS = 50  # in one message: each is a transaction of the hub


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """`word`: what the hub signed of it."""

    id: str
    word: str


@dataclass(frozen=True, slots=True)
class OrderEnd:
    """What a site made of an order."""

    id: str
    outcome: OrderOutcome


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """Which templates a site has. `digest`: of all of it. accepts: whether it lets its hub set anything."""

    digest: str
    accepts: bool
    applied: tuple[AppliedTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldByHub:
    """`digest`: of the report that the hub has; empty: of none."""

    orders: tuple[SignedOrder, ...]
    digest: str


def digest_of_report(accepts: bool, applied: Several[AppliedTemplate]) -> str:
    plain = json.dumps([accepts, [to_plain(each) for each in applied]], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def pack_told(ends: Several[OrderEnd], report: TemplateReport | None) -> bytes:
    """`report`: None: the hub has it."""
    said: dict[str, Any] = {"ends": [{"id": end.id, "outcome": to_plain(end.outcome)} for end in ends]}
    return json.dumps(said if report is None else {**said, "report": to_plain(report)}).encode()


def read_told(data: bytes) -> tuple[tuple[OrderEnd, ...], TemplateReport | None]:
    """Raises InputError (`message`; a field)."""

    def read(said: Any) -> tuple[tuple[OrderEnd, ...], TemplateReport | None]:
        told = at_most(said["ends"], MOST_ENDS)
        ends = tuple(OrderEnd(str(each["id"]), read_tolerantly(OrderOutcome, dict(each["outcome"]))) for each in told)
        report = said.get("report")
        return ends, None if report is None else _checked_report(read_tolerantly(TemplateReport, dict(report)))

    return read_json(data, read)


def _checked_report(report: TemplateReport) -> TemplateReport:
    """Of one site whose times are none, all others would not be shown either. Raises ValueError."""
    changes = (change.changed_ns or 0 for each in report.applied for change in each.differs)
    if not all(0 <= number < 1 << 63 for each in report.applied for number in (each.version, each.applied_ns)):
        raise ValueError("no version or time")
    if not all(0 <= at_ns < 1 << 63 for at_ns in changes):
        raise ValueError("no time")
    return report


def pack_orders(orders: Several[SignedOrder], digest: str) -> bytes:
    return json.dumps({"orders": [{"id": each.id, "word": each.word} for each in orders], "digest": digest}).encode()


def read_orders(data: bytes) -> ToldByHub:
    """Raises InputError (`message`)."""
    return read_json(
        data, lambda said: ToldByHub(tuple(SignedOrder(str(each["id"]), str(each["word"])) for each in said["orders"]), str(said["digest"]))
    )
