"""What administrators of a hub do with templates: keep versions, ask sites, apply, and see where sites differ."""

import secrets
from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Any

from engine.gateway.hub.site_grants import cameras_at, sees_site
from engine.model.accounts.access import Session, Verb
from engine.model.accounts.user_ref import VOUCHED
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.plain_text import check_line
from engine.model.templates import LONGEST_NAME, LONGEST_NOTE, OrderAct, OrderState, SiteTemplates, Template, TemplateOrder, TemplateVersion
from engine.model.time import Clock
from engine.runtime.templates.template_values import read_values
from engine.store.shared.record import SharedRecord, SharedSite
from engine.store.shared.templates import KeptOrder

MOST_ASKED = 1_000  # orders at once
NOT_TRIED = "Run a dry run of this version at this site first."
REFUSES = "The site refuses fields of this version. Run a dry run again when that has changed."


class TemplateDoor:
    """Any thread. All of it is for administrators of the hub; orders only to sites whose whole they are for. Raises PermissionDenied."""

    def __init__(self, record: SharedRecord, clock: Clock) -> None:
        self._record, self._clock = record, clock

    def templates(self, session: Session) -> tuple[Template, ...]:
        _check(session)
        return self._record.templates.all()

    def versions(self, session: Session, template: str) -> tuple[TemplateVersion, ...]:
        """Newest first; `template`: its name or id. Raises NotFound."""
        _check(session)
        return self._record.templates.versions(self._record.templates.find(template).id)

    def put(self, session: Session, name: str, values: Mapping[str, Any], note: str) -> TemplateVersion:
        """The next version of the template of this name, or the first. Raises InputError (`name`, `note`, `values`, a field)."""
        _check(session)
        name, note = name.strip(), note.strip()
        for field, given, most in (("name", name, LONGEST_NAME), ("note", note, LONGEST_NOTE)):
            check_line(field, given)
            if len(given) > most:
                raise InputError(field, f"has {len(given)} characters; at most {most} are kept")
        if not name:
            raise InputError("name", "is empty")
        return self._record.templates.put(f"tp-{secrets.token_hex(6)}", name, read_values(values), note, session.user, self._clock.now_ns())

    def ask_values(self, session: Session, site: str) -> TemplateOrder:
        """Its present values, which the order's outcome has once the site has answered. Raises NotFound."""
        return self._order(session, TemplateOrder(_new_id(), site, OrderAct.TAKE, "", 0, self._clock.now_ns(), *_by(session)))

    def dry_run(self, session: Session, template: str, number: int, sites: Several[str]) -> tuple[TemplateOrder, ...]:
        """At each of the sites; nothing is changed there. Raises NotFound."""
        version = self._version(session, template, number)
        return tuple(self._order(session, self._of(session, OrderAct.DRY_RUN, version, site)) for site in sites)

    def apply(self, session: Session, template: str, number: int, sites: Several[str]) -> tuple[TemplateOrder, ...]:
        """At each of the sites, where its values are still those that its dry run saw; a site that is away waits. Of a site that has no dry
        run of this version, or that refused a field in it, the answer says so at once. Raises NotFound."""
        version = self._version(session, template, number)
        return tuple(self._applied(session, self._of(session, OrderAct.APPLY, version, site)) for site in sites)

    def orders(self, session: Session, ids: Several[str]) -> tuple[TemplateOrder, ...]:
        """Those of the sites that this session may set anything at."""
        _check(session)
        found = self._record.templates.orders(ids[:MOST_ASKED], self._clock.now_ns())
        return tuple(each for each in found if _is_whole(session, each.site))

    def drift(self, session: Session) -> tuple[SiteTemplates, ...]:
        """Of each site that has not left, in the order of their names. A site that is heard and tells nothing new is as it told."""
        _check(session)
        told = self._record.templates.reports()
        return tuple(_as_known(told.get(site.key, SiteTemplates(site.key)), site) for site in self.sites(session))

    def sites(self, session: Session) -> tuple[SharedSite, ...]:
        """Those that this session may set anything at."""
        _check(session)
        return tuple(site for site in self._record.sites() if site.retired_ns is None and site.is_own and _is_whole(session, site.key))

    def _version(self, session: Session, template: str, number: int) -> TemplateVersion:
        """`number`: 0: the newest. Raises NotFound."""
        _check(session)
        found = self._record.templates.find(template)
        return self._record.templates.version(found.id, number or found.newest)

    def _of(self, session: Session, act: OrderAct, version: TemplateVersion, site: str) -> TemplateOrder:
        return TemplateOrder(_new_id(), site, act, version.template, version.number, self._clock.now_ns(), *_by(session))

    def _applied(self, session: Session, order: TemplateOrder) -> TemplateOrder:
        """Raises NotFound."""
        self._check_site(session, order.site)
        tried = self._record.templates.newest(order.site, order.template, OrderAct.DRY_RUN)
        if tried is None or tried.version != order.version or tried.outcome.state is not OrderState.ANSWERED:
            return replace(order, outcome=replace(order.outcome, state=OrderState.CHANGED, message=NOT_TRIED))
        if tried.outcome.refusals:
            refused = replace(order.outcome, state=OrderState.REFUSED, refusals=tried.outcome.refusals, message=REFUSES)
            return replace(order, outcome=refused)
        return self._order(session, replace(order, seen=tried.outcome.seen))

    def _order(self, session: Session, order: TemplateOrder) -> TemplateOrder:
        """Raises NotFound."""
        self._check_site(session, order.site)
        self._record.templates.order(KeptOrder(order, replace(session.user, cameras=None)))
        return order

    def _check_site(self, session: Session, site: str) -> None:
        """Raises PermissionDenied, NotFound."""
        _check(session)
        if not _is_whole(session, site):
            raise NotFound(f"There is no site {site}.")
        self._record.site(site)


def _check(session: Session) -> None:
    if session.machine is not None or not session.may(Verb.ADMINISTER):
        raise PermissionDenied(Verb.ADMINISTER)


def _as_known(told: SiteTemplates, site: SharedSite) -> SiteTemplates:
    return told if told.told_ns is None else replace(told, told_ns=max(told.told_ns, site.heard_ns))


def _is_whole(session: Session, site: str) -> bool:
    return sees_site(session.user.cameras, site) and cameras_at(session.user.cameras, site) is None


def _by(session: Session) -> tuple[str, str]:
    return session.user.name, f"{VOUCHED}{session.user.id}"


def _new_id() -> str:
    return f"to-{secrets.token_hex(8)}"
