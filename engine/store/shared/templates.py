"""Templates of a hub: numbered versions that never change, orders to sites until these have answered, and what sites tell of themselves."""

from collections.abc import Mapping
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.accounts.user_ref import VOUCHED
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.templates import (
    ORDER_LIFE_NS,
    QUESTION_LIFE_NS,
    AppliedTemplate,
    OrderAct,
    OrderOutcome,
    OrderState,
    SiteTemplates,
    Template,
    TemplateOrder,
    TemplateValues,
    TemplateVersion,
)
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_record, to_plain
from engine.store.guarded import GuardedTables
from engine.store.shared.bulk import as_json
from engine.store.shared.hub_audit import add_hub_audit

KEPT_NS = 90 * 86_400 * SECOND  # orders, after they have ended
MOST_TEMPLATES, MOST_VERSIONS, MOST_WAITING = 500, 10_000, 200
REMOVED = "The account of who ordered it was removed at the hub before the site was told."
_MAKING = 0x5752_0006  # the lock of whoever makes a version: two would get the same number
_PUT_ORDER = text(
    "INSERT INTO template_orders (id, site, act, template, version, seen, asked_ns, user_id, user_name, role)"
    " VALUES (:id, :site, :act, :template, :version, :seen, :asked_ns, :user_id, :user_name, :role)"
)
_EXPIRE = text(
    "UPDATE template_orders SET state = 'expired', ended_ns = :now_ns"
    " WHERE state = 'waiting' AND ((act = 'apply' AND asked_ns < :applied_before)"
    " OR (act != 'apply' AND asked_ns < :asked_before))"
)
_TEMPLATES = (
    "SELECT t.id, t.name, v.number AS newest, v.at_ns, v.by FROM templates t JOIN template_versions v ON v.template = t.id"
    " AND v.number = (SELECT max(number) FROM template_versions WHERE template = t.id)"
)


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """`user`: who ordered it, as the hub had them then."""

    order: TemplateOrder
    user: User


class TemplateTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault."""

    def all(self) -> tuple[Template, ...]:
        """By name."""
        with self._read() as connection:
            return tuple(Template(**row) for row in connection.execute(text(f"{_TEMPLATES} ORDER BY t.name")).mappings())

    def find(self, name: str) -> Template:
        """By its id, or else its name. Raises NotFound."""
        with self._read() as connection:
            row = (
                connection.execute(
                    text(f"{_TEMPLATES} WHERE t.name = :name OR t.id = :name ORDER BY t.id = :name DESC LIMIT 1"), {"name": name}
                )
                .mappings()
                .first()
            )
        if row is None:
            raise NotFound(f"There is no template {name[:80]!r}.")
        return Template(**row)

    def versions(self, template: str) -> tuple[TemplateVersion, ...]:
        """Newest first."""
        with self._read() as connection:
            wanted = text("SELECT * FROM template_versions WHERE template = :template ORDER BY number DESC")
            return tuple(_version(row) for row in connection.execute(wanted, {"template": template}).mappings())

    def version(self, template: str, number: int) -> TemplateVersion:
        """Raises NotFound."""
        with self._read() as connection:
            return _version_row(connection, template, number)

    def put(self, template_id: str, name: str, values: TemplateValues, note: str, by: User, at_ns: int) -> TemplateVersion:
        """The next version of the template of this name, or the first; `template_id`: of one that is new. Raises InputError (`values`):
        nothing is other than in the newest; EnvironmentFault (`full`)."""
        with self._write() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MAKING})"))
            known = connection.execute(text(f"{_TEMPLATES} WHERE t.name = :name"), {"name": name}).mappings().first()
            template, number = (template_id, 1) if known is None else (known["id"], known["newest"] + 1)
            if known is None:
                _check_room(connection)
                connection.execute(text("INSERT INTO templates (id, name) VALUES (:id, :name)"), {"id": template, "name": name})
            elif _version_row(connection, template, known["newest"]).values == values:
                raise InputError("values", f"nothing differs from version {known['newest']}")
            if number > MOST_VERSIONS:
                raise EnvironmentFault("full", f"A template has {MOST_VERSIONS:,} versions at most.")
            row = {"template": template, "number": number, "at_ns": at_ns, "by": by.name, "note": note, "fields": _one_json(dict(values))}
            put = "INSERT INTO template_versions VALUES (:template, :number, :at_ns, :by, :note, CAST(:fields AS json))"
            connection.execute(text(put), row)
            add_hub_audit(
                connection, AuditRow.of(at_ns, by, HubVerb.PUT_TEMPLATE, template, f"{name}, version {number}, {len(values)} fields")
            )
            return _version_row(connection, template, number)

    def order(self, kept: KeptOrder) -> None:
        """Instead of one that waits for the same site, template and act. Raises EnvironmentFault (`full`)."""
        order, user = kept.order, kept.user
        with self._write() as connection:
            _remove_old(connection, order.asked_ns)
            replaced = text(
                "UPDATE template_orders SET state = 'replaced', ended_ns = :now_ns WHERE site = :site AND act = :act"
                " AND template = :template AND state = 'waiting'"
            )
            of = {"site": order.site, "act": order.act.value, "template": order.template}
            connection.execute(replaced, {**of, "now_ns": order.asked_ns})
            waiting = "SELECT count(*) FROM template_orders WHERE site = :site AND state = 'waiting'"
            if connection.execute(text(waiting), {"site": order.site}).scalar_one() >= MOST_WAITING:
                raise EnvironmentFault("full", f"For this site {MOST_WAITING} orders wait already, which is as many as are kept.")
            who = {"user_id": user.id, "user_name": user.name, "role": user.role.value}
            row = {"id": order.id, "version": order.version, "seen": order.seen, "asked_ns": order.asked_ns}
            connection.execute(_PUT_ORDER, {**of, **who, **row})
            detail = f"{order.act.value}, template {order.template or '–'}, version {order.version}, order {order.id}"
            add_hub_audit(connection, AuditRow.of(order.asked_ns, user, HubVerb.ORDER_TEMPLATE, order.site, detail))

    def waiting(self, site: str, now_ns: int, most: int) -> tuple[KeptOrder, ...]:
        """Oldest first. Those that waited for too long end."""
        with self._read() as connection:  # asked every few seconds by each site
            wanted = text("SELECT * FROM template_orders WHERE site = :site AND state = 'waiting' ORDER BY asked_ns, id LIMIT :most")
            if connection.execute(wanted, {"site": site, "most": most}).first() is None:
                return ()
        with self._write() as connection:
            _remove_old(connection, now_ns)
            rows = connection.execute(wanted, {"site": site, "most": most}).mappings().all()
        return tuple(_kept_order(row) for row in rows)

    def end(self, site: str, order_id: str, outcome: OrderOutcome, now_ns: int) -> None:
        """What the site says. One that has ended stays as it is."""
        with self._write() as connection:
            ended = text(
                "UPDATE template_orders SET state = :state, outcome = CAST(:outcome AS jsonb), ended_ns = :now_ns"
                " WHERE id = :id AND site = :site AND state = 'waiting' RETURNING act"
            )
            told = {"id": order_id, "site": site, "state": outcome.state.value, "outcome": _one_json(to_plain(outcome)), "now_ns": now_ns}
            act = connection.execute(ended, told).scalar()
            if act == OrderAct.APPLY.value:
                detail = f"order {order_id}: {outcome.state.value}, {len(outcome.changes)} changes"
                add_hub_audit(connection, AuditRow(now_ns, "", HubVerb.END_TEMPLATE_ORDER, site, detail))

    def refuse_of(self, user_id: str, now_ns: int) -> int:
        """What waits of somebody who has no account any more is told to no site. How many these were."""
        outcome = _one_json(to_plain(OrderOutcome(OrderState.REFUSED, message=REMOVED)))
        refuse = text(
            "UPDATE template_orders SET state = 'refused', outcome = CAST(:outcome AS jsonb), ended_ns = :now_ns"
            " WHERE user_id = :user_id AND state = 'waiting'"
        )
        with self._write() as connection:
            return connection.execute(refuse, {"user_id": user_id, "outcome": outcome, "now_ns": now_ns}).rowcount

    def orders(self, ids: Several[str], now_ns: int) -> tuple[TemplateOrder, ...]:
        """Those of them that are kept."""
        with self._write() as connection:
            _remove_old(connection, now_ns)
            wanted = text("SELECT * FROM template_orders WHERE id IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))")
            return tuple(_kept_order(row).order for row in connection.execute(wanted, {"ids": as_json(list(ids))}).mappings())

    def newest(self, site: str, template: str, act: OrderAct) -> TemplateOrder | None:
        """The newest order of this kind, ended or not."""
        with self._read() as connection:
            wanted = text(
                "SELECT * FROM template_orders WHERE site = :site AND template = :template AND act = :act ORDER BY asked_ns DESC LIMIT 1"
            )
            row = connection.execute(wanted, {"site": site, "template": template, "act": act.value}).mappings().first()
        return None if row is None else _kept_order(row).order

    def tell(self, site: str, digest: str, told: SiteTemplates) -> None:
        """What a site has, as it tells itself."""
        with self._write() as connection:
            put = text(
                "INSERT INTO site_templates VALUES (:site, :digest, :accepts, CAST(:applied AS jsonb), :told_ns) ON CONFLICT (site)"
                " DO UPDATE SET digest = excluded.digest, accepts = excluded.accepts,"
                " applied = excluded.applied, told_ns = excluded.told_ns"
            )
            applied = as_json([to_plain(each) for each in told.applied])
            row = {"site": site, "digest": digest, "accepts": told.accepts, "applied": applied, "told_ns": told.told_ns}
            connection.execute(put, row)

    def told_digest(self, site: str) -> str:
        """Of what the site told last; empty: nothing yet."""
        with self._read() as connection:
            return str(connection.execute(text("SELECT digest FROM site_templates WHERE site = :site"), {"site": site}).scalar() or "")

    def reports(self) -> Mapping[str, SiteTemplates]:
        """By site."""
        with self._read() as connection:
            rows = connection.execute(text("SELECT * FROM site_templates")).mappings().all()
        return {
            row["site"]: SiteTemplates(
                row["site"], row["accepts"], tuple(read_record(AppliedTemplate, each) for each in row["applied"]), row["told_ns"]
            )
            for row in rows
        }


def _check_room(connection: Connection) -> None:
    """Raises EnvironmentFault (`full`)."""
    if connection.execute(text("SELECT count(*) FROM templates")).scalar_one() >= MOST_TEMPLATES:
        raise EnvironmentFault("full", f"A hub has {MOST_TEMPLATES} templates at most.")


def _remove_old(connection: Connection, now_ns: int) -> None:
    connection.execute(_EXPIRE, {"now_ns": now_ns, "applied_before": now_ns - ORDER_LIFE_NS, "asked_before": now_ns - QUESTION_LIFE_NS})
    connection.execute(text("DELETE FROM template_orders WHERE ended_ns < :before_ns"), {"before_ns": now_ns - KEPT_NS})


def _version_row(connection: Connection, template: str, number: int) -> TemplateVersion:
    """Raises NotFound."""
    wanted = text("SELECT * FROM template_versions WHERE template = :template AND number = :number")
    row = connection.execute(wanted, {"template": template, "number": number}).mappings().first()
    if row is None:
        raise NotFound(f"There is no version {number} of this template.")
    return _version(row)


def _version(row: RowMapping) -> TemplateVersion:
    return TemplateVersion(row["template"], row["number"], row["at_ns"], row["by"], row["note"], row["fields"])


def _one_json(plain: Any) -> str:
    return as_json([plain])[1:-1]


def _kept_order(row: RowMapping) -> KeptOrder:
    state = OrderState(row["state"])
    outcome = OrderOutcome(state) if row["outcome"] is None else read_record(OrderOutcome, row["outcome"])
    of = {name: row[name] for name in ("id", "site", "template", "version", "asked_ns", "seen", "ended_ns")}
    order = TemplateOrder(act=OrderAct(row["act"]), by=row["user_name"], by_id=f"{VOUCHED}{row['user_id']}", outcome=outcome, **of)
    return KeptOrder(order, User(row["user_id"], row["user_name"], Role(row["role"])))
