"""`watchroom hub templates`: rules and settings for several sites. Works beside a running hub, which brings orders to the sites."""

import argparse
import json
import time
from collections.abc import Sequence, Sized
from pathlib import Path
from typing import Any

from console.commands.named_account import user_by_name
from console.help.help_texts import add_action
from engine.gateway.hub.site_grants import hub_accounts
from engine.gateway.hub.template_door import TemplateDoor
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.errors import InputError, NotFound
from engine.model.templates import AlertTrial, OrderAct, OrderState, SiteTemplates, TemplateOrder, TemplateVersion
from engine.model.time import Clock, to_iso
from engine.model.upkeep import SettingChange
from engine.model.wire import to_plain
from engine.runtime.templates.template_text import read_template, template_text
from engine.runtime.templates.template_values import RULES, central_fields, chosen_values, differences_of
from engine.store.shared.record import SharedRecord

NOT_ALL = 1
"""Exit code: a site refuses, differs or has not answered."""
_LOOK_S = 0.5
_DONE = frozenset({OrderState.ANSWERED, OrderState.APPLIED})
_BESIDE = "Works beside a running hub."
_STATES = {
    OrderState.WAITING: "not reached; waits",
    OrderState.ANSWERED: "answered",
    OrderState.APPLIED: "applied",
    OrderState.REFUSED: "refused",
    OrderState.CHANGED: "not applied; run the dry run again",
    OrderState.REPLACED: "replaced by a later order",
    OrderState.EXPIRED: "expired; the site was away",
}


def add_actions(actions: Any) -> tuple[argparse.ArgumentParser, ...]:
    listed = add_action(actions, "list", "all templates with their newest version", _BESIDE)
    fields = add_action(actions, "fields", "what a template can hold", _BESIDE)
    shown = add_action(actions, "show", "one version, as a file that `put` reads", _BESIDE)
    taken = add_action(actions, "take", "make a version of the present values of a site", "The site has to accept settings of its hub.")
    put = add_action(actions, "put", "make a version of a file", _BESIDE)
    compared = add_action(actions, "diff", "what differs between two versions", _BESIDE)
    tried = add_action(actions, "dry-run", "what a version would change at sites; nothing is changed", _BESIDE)
    applied = add_action(actions, "apply", "apply a version, perhaps an older one, after its dry run", "A site that is away gets it later.")
    drift = add_action(actions, "drift", "which version each site has, and how it differs from it", _BESIDE)
    for action in (shown, taken, put, compared, tried, applied):
        action.add_argument("template", metavar="NAME", help="of the template")
    for action in (shown, tried, applied):
        action.add_argument("--version", type=int, default=0, metavar="N", help="default: the newest")
    taken.add_argument("--from", dest="site", required=True, metavar="SITE", help="key of the site, as `watchroom hub sites` lists it")
    taken.add_argument(
        "--field", action="append", default=[], metavar="FIELD", help=f"as gates or {RULES}[smoke], again for a further one (default: all)"
    )
    put.add_argument("file", type=Path, metavar="FILE", help="TOML, as `show` prints it")
    compared.add_argument("one", type=int, metavar="N", help="version")
    compared.add_argument("other", type=int, metavar="M", help="version")
    for action in (taken, put):
        action.add_argument("--note", default="", metavar="TEXT", help="why")
    for action in (tried, applied):
        action.add_argument("--site", action="append", metavar="KEY", help="again for a further one (default: all sites)")
    for action in (taken, tried, applied):
        action.add_argument("--wait", type=float, default=30.0, metavar="SECONDS", help="for sites to answer (default %(default)g)")
    everything = (listed, fields, shown, taken, put, compared, tried, applied, drift)
    for action in everything:
        if action is not fields:
            action.add_argument("--by", required=True, metavar="USER", help="the administrator of the hub in whose name it is done")
        action.add_argument("--json", action="store_true", help="one JSON object a line")
    return everything


def run(parsed: argparse.Namespace, record: SharedRecord, clock: Clock) -> int:
    """Raises InputError, NotFound, PermissionDenied, EnvironmentFault."""
    if parsed.template_action == "fields":
        for name in central_fields():
            print(json.dumps({"field": name}) if parsed.json else name)
        return 0
    return _Templates(TemplateDoor(record, clock), _session(record, clock, parsed.by), parsed).run()


def _session(record: SharedRecord, clock: Clock, name: str) -> Session:
    """Raises InputError (`name`)."""
    user: User = user_by_name(hub_accounts(record, clock), name, "watchroom hub users")
    return Session("command-line", user, ROLE_VERBS[Role(user.role)], cameras=user.cameras)


class _Templates:
    """One run of the command."""

    def __init__(self, door: TemplateDoor, session: Session, parsed: argparse.Namespace) -> None:
        self._door, self._session, self._parsed = door, session, parsed

    def run(self) -> int:
        match self._parsed.template_action:
            case "list":
                for each in self._door.templates(self._session):
                    self._print(each, f"{each.name}  version {each.newest}  {to_iso(each.at_ns)}  {each.by}  {each.id}")
            case "show":
                version = self._version(self._parsed.version)
                self._print_version(version, template_text(version.values).rstrip())
            case "take":
                return self._take()
            case "put":
                self._put(read_template(_content(self._parsed.file)))
            case "diff":
                for change in differences_of(self._version(self._parsed.one).values, self._version(self._parsed.other).values):
                    self._print(change, change_line(change))
            case "dry-run":
                return self._order(self._door.dry_run)
            case "apply":
                return self._order(self._door.apply)
            case _:
                return self._drift()
        return 0

    def _version(self, number: int) -> TemplateVersion:
        """Raises NotFound."""
        versions = self._door.versions(self._session, self._parsed.template)
        found = next((each for each in versions if number in (0, each.number)), None)
        if found is None:
            raise NotFound(f"There is no version {number} of this template.")
        return found

    def _put(self, values: dict[str, Any]) -> None:
        version = self._door.put(self._session, self._parsed.template, values, self._parsed.note)
        self._print_version(version, f"{self._parsed.template}: version {version.number} with {_count(version.values, 'field')}")

    def _print_version(self, version: TemplateVersion, line: str) -> None:
        named = {name: getattr(version, name) for name in ("template", "number", "at_ns", "by", "note")}
        print(json.dumps({**named, "values": dict(version.values)}, ensure_ascii=False) if self._parsed.json else line)

    def _take(self) -> int:
        done = self._waited((self._door.ask_values(self._session, self._parsed.site),))[0]
        if done.outcome.state is not OrderState.ANSWERED:
            self._print(done, "\n".join(order_lines(done)))
            return NOT_ALL
        values: dict[str, Any] = json.loads(done.outcome.values)
        self._put(dict(chosen_values(values, self._parsed.field)) if self._parsed.field else values)
        return 0

    def _order(self, order: Any) -> int:
        sites = self._parsed.site or [site.key for site in self._door.sites(self._session)]
        if not sites:
            raise InputError("site", "is missing: no site has joined")
        done = self._waited(order(self._session, self._parsed.template, self._parsed.version, sites))
        for each in done:
            self._print(each, "\n".join(order_lines(each)))
        return 0 if all(each.outcome.state in _DONE and not each.outcome.refusals for each in done) else NOT_ALL

    def _waited(self, orders: Sequence[TemplateOrder]) -> tuple[TemplateOrder, ...]:
        """What became of them by then."""
        until_s = time.monotonic() + self._parsed.wait
        known = {each.id: each for each in orders}
        while any(each.outcome.state is OrderState.WAITING for each in known.values()) and time.monotonic() < until_s:
            time.sleep(_LOOK_S)
            known |= {each.id: each for each in self._door.orders(self._session, list(known))}
        return tuple(known.values())

    def _drift(self) -> int:
        names = {each.id: (each.name, each.newest) for each in self._door.templates(self._session)}
        told = self._door.drift(self._session)
        for site in told:
            self._print(site, "\n".join(drift_lines(site, names)))
        return NOT_ALL if any(each.differs for site in told for each in site.applied) else 0

    def _print(self, value: Any, line: str) -> None:
        print(json.dumps(to_plain(value), ensure_ascii=False) if self._parsed.json else line)


def change_line(change: SettingChange) -> str:
    return f"{change.field}: {change.now or '(not set)'} → {change.then or '(not set)'}"


def order_lines(order: TemplateOrder) -> list[str]:
    """The site and what became of it, then what would change or was changed, indented."""
    outcome = order.outcome
    head = _STATES[outcome.state]
    if outcome.state is OrderState.ANSWERED and order.act is OrderAct.DRY_RUN:
        head = f"{_count(outcome.refusals, 'field')} refused" if outcome.refusals else _count(outcome.changes, "change")
    lines = [f"{order.site}: {head}"]
    lines += [f"  refused: {each.field + ': ' if each.field else ''}{each.message}" for each in outcome.refusals]
    lines += [f"  {outcome.message}"] if outcome.message else []
    lines += [f"  {change_line(each)}" for each in outcome.changes]
    return lines if outcome.trial is None else [*lines, f"  {trial_line(outcome.trial)}"]


def trial_line(trial: AlertTrial) -> str:
    days = f"{trial.hours / 24:g} days"
    if trial.why_not:
        return f"alerts of the last {days}: cannot be said. {trial.why_not}"
    least = "at least " if trial.least else ""
    return f"alerts of the last {days}: {least}{trial.now} → {trial.then} (+{trial.gained} −{trial.lost})"


def drift_lines(site: SiteTemplates, names: dict[str, tuple[str, int]]) -> list[str]:
    if site.told_ns is None:
        return [f"{site.site}: has told nothing yet"]
    known = f"as known at {to_iso(site.told_ns)}"
    if not site.applied:
        return [f"{site.site}: {'no template' if site.accepts else 'does not accept settings'}, {known}"]
    lines: list[str] = []
    for each in site.applied:
        name, newest = names.get(each.template, (each.template, each.version))
        older = f" of {newest}" if each.version < newest else ""
        state = _count(each.differs, "difference") if each.differs else "as applied"
        lines.append(f"{site.site}: {name} version {each.version}{older}, {state}, {known}")
        lines += [f"  {field.field}: {field.then} → {field.now}{_whose(field.changed_ns, field.changed_by)}" for field in each.differs]
    return lines


def _count(things: Sized, word: str) -> str:
    """`1 change`, `2 changes`."""
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _whose(at_ns: int | None, by: str) -> str:
    return "" if at_ns is None else f" (last changed {to_iso(at_ns)} by {by})"


def _content(path: Path) -> str:
    """Raises InputError (`file`)."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("file", f"{path} cannot be read ({error})") from None
