"""`watchroom hub users` and what changes them: the accounts of those who sign in at a hub."""

import argparse
from typing import Any

from console.commands.named_account import BY, password_typed, token_line, user_by_name
from console.help.help_texts import add_action
from engine.gateway.federation.ids import site_key
from engine.gateway.hub.site_grants import checked_site_grants, hub_accounts, sites_and_cameras
from engine.model.accounts.access import Grants, Role, User, Verb
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.hub_audit import HubVerb
from engine.model.accounts.user_ref import BY_PROVIDER
from engine.model.errors import InputError
from engine.model.time import Clock
from engine.runtime.access.machine_tokens import TokenWanted
from engine.store.shared.oidc import GroupRole
from engine.store.shared.record import SharedRecord

_LONGEST_GROUP = 300
_TYPED = "The password is typed twice, or read from the standard input. Works beside a running hub."
_BESIDE = "Works beside a running hub."
_MAPPED = "Works beside a running hub. For those who are signed in it holds from the next time that the provider is asked about them."


def add_actions(actions: Any) -> tuple[argparse.ArgumentParser, ...]:
    """Those that need the shared record."""
    listed = add_action(actions, "users", "people who may sign in, as what, and at which sites", _BESIDE)
    added = add_action(actions, "add-user", "make an account", _TYPED)
    added.add_argument("--role", required=True, choices=[role.value for role in Role], help="at the sites; each may let them be less")
    add_limits(added)
    removed = add_action(actions, "remove-user", "remove an account; whoever is signed in by it is out", _BESIDE)
    reset = add_action(actions, "reset-password", "ask for a new password of somebody, whose sessions end", _TYPED)
    for action in (added, removed, reset):
        action.add_argument("user", metavar="NAME", help="of the account")
    groups = add_action(actions, "groups", "groups of the identity provider that may use this hub, as what, and where", _BESIDE)
    mapped = add_action(actions, "map-group", "say what members of a group of the identity provider are here", _MAPPED)
    mapped.add_argument("group", metavar="GROUP", help="exactly as the provider's claim names it")
    mapped.add_argument("--role", required=True, choices=[role.value for role in Role], help="at the sites; each may let them be less")
    add_limits(mapped)
    unmapped = add_action(actions, "unmap-group", "members of this group may use this hub no longer", _MAPPED)
    unmapped.add_argument("group", metavar="GROUP", help="as `hub groups` shows it")
    token = add_action(actions, "token", "print a token by which a machine reads /metrics, and no more, until it is revoked", _BESIDE)
    token.add_argument("label", metavar="LABEL", help="what it is for")
    tokens = add_action(actions, "tokens", "tokens of machines, without the tokens themselves", _BESIDE)
    revoked = add_action(actions, "revoke-token", "end a token; a running hub knows within two seconds", _BESIDE)
    revoked.add_argument("id", metavar="ID", help="as `hub tokens` shows it, or its first letters")
    return listed, added, removed, reset, groups, mapped, unmapped, token, tokens, revoked


def add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", action="append", metavar="KEY", help="only for this site, again for a further one (default: all)")
    parser.add_argument(
        "--camera",
        action="append",
        metavar="KEY/CAMERA",
        help="of this site only this camera, by its id there, or a group of cameras as north/group:Yard; again for a further one",
    )


def run(parsed: argparse.Namespace, record: SharedRecord, clock: Clock) -> None:
    """Raises InputError (`name`, `password`, `site`, `camera`)."""
    accounts = hub_accounts(record, clock)
    match parsed.action:
        case "users":
            for user in accounts.users():
                print(_user_line(user))
        case "add-user":
            user = accounts.create_user(parsed.user, Role(parsed.role), password_typed(), limits_of(parsed, record))
            record.audit.add(AuditRow(clock.now_ns(), BY, AuditVerb.CREATE_USER, user.id, f"{user.role.value}, {_where(user.cameras)}"))
        case "remove-user":
            user_id = user_by_name(accounts, parsed.user, "watchroom hub users").id
            accounts.remove_user(user_id)
            refused = record.intents.refuse_of(user_id, clock.now_ns())
            refused += record.templates.refuse_of(user_id, clock.now_ns())
            detail = f"{refused} intents and orders withdrawn" if refused else ""
            record.audit.add(AuditRow(clock.now_ns(), BY, AuditVerb.REMOVE_USER, user_id, detail))
        case "groups":
            for group in record.oidc.groups():
                print("  ".join((group.name, group.role.value, _where(group.cameras))))
        case "map-group":
            _map_group(GroupRole(_group_name(parsed.group), Role(parsed.role), limits_of(parsed, record)), record, clock)
        case "unmap-group":
            record.oidc.remove_group(parsed.group)
            record.audit.add(AuditRow(clock.now_ns(), BY, HubVerb.UNMAP_GROUP, parsed.group))
        case "token":
            print(accounts.create_token(Role.OPERATOR, parsed.label, TokenWanted((Verb.SEE_LIVE,), by=BY)))
        case "tokens":
            for token in accounts.machine_tokens():
                print(token_line(token))
        case "revoke-token":
            accounts.revoke_token(parsed.id, BY)
        case _:
            accounts.reset_password(user_by_name(accounts, parsed.user, "watchroom hub users").id, password_typed(), by=BY)


def _map_group(group: GroupRole, record: SharedRecord, clock: Clock) -> None:
    record.oidc.put_group(group)
    record.audit.add(AuditRow(clock.now_ns(), BY, HubVerb.MAP_GROUP, group.name, f"{group.role.value}, {_where(group.cameras)}"))


def limits_of(parsed: argparse.Namespace, record: SharedRecord) -> Grants | None:
    """What was named by `add_limits`. Raises InputError (`site`, `camera`)."""
    sites, cameras = tuple(parsed.site or ()), tuple(parsed.camera or ())
    if not sites and not cameras:
        return None
    limits, known = sites_and_cameras(sites, cameras), {site.key for site in record.sites()}
    _check_known("site", sites, known)
    _check_known("camera", tuple(site_key(camera) for camera in cameras), known)
    try:
        return checked_site_grants(limits)
    except InputError as error:
        raise InputError("camera", error.message) from None


def _check_known(field: str, keys: tuple[str, ...], known: set[str]) -> None:
    unknown = set(keys) - known
    if unknown:
        raise InputError(field, f"there is no site {min(unknown)[:40]!r}; `watchroom hub sites` shows them")


def _user_line(user: User) -> str:
    """One line: name, role, where."""
    signed_in_by = ("identity provider",) if user.id.startswith(BY_PROVIDER) else ()
    return "  ".join((user.name, user.role.value, _where(user.cameras), *signed_in_by))


def _where(limits: Grants | None) -> str:
    return "all sites" if limits is None else " ".join(limits) or "no site"


def _group_name(name: str) -> str:
    """Raises InputError (`group`)."""
    if not name.strip() or len(name) > _LONGEST_GROUP:
        raise InputError("group", f"has to be 1 to {_LONGEST_GROUP} characters, as the identity provider names it")
    return name
