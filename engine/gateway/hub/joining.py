"""A site's own part of joining a hub, and of leaving it."""

import secrets
import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.gateway.remote.calls import Caller, engine_address
from engine.model.accounts.access import Role
from engine.model.accounts.user_ref import VOUCHED
from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.hub.membership import Membership, read_membership, remove_membership, write_membership
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.templates.applied_templates import forget_templates
from engine.store.store import Store

JOIN = "/api/v1/hub/join"


def join(
    folder: Path,
    store: Store,
    hub: str,
    code: str,
    verify: ssl.SSLContext | bool = True,
    most_role: Role = Role.OPERATOR,
    ca: str = "",
    send_clips: bool = False,
    accept_settings: bool = False,
) -> Membership:
    """Everything that is recorded is told from here on, and what was, as soon as an engine runs.

    `most_role`: what people may be here at most for whom the hub vouches. ca: PEM of what `verify` trusts alone, for when the site asks the
    hub by HTTPS again; empty: what this machine trusts. send_clips: the video of alerts is sent, too. accept_settings: administrators of
    the hub may apply templates here.

    Raises InputError (`hub`, `code`), EnvironmentFault (`unreachable`, `joined`). Nothing was changed then.
    """
    chosen: dict[str, Any] = {"most_role": most_role, "ca": ca, "send_clips": send_clips, "accept_settings": accept_settings}
    membership = replace(_redeemed(folder, hub, code, verify), **chosen)
    store.replication.begin(secrets.token_hex(8))
    write_membership(folder, membership)
    return membership


def join_spare(folder: Path, hub: str, code: str, spare_key: str, verify: ssl.SSLContext | bool = True, ca: str = "") -> Membership:
    """A machine that stands in for sites of the hub. `spare_key`: its public key for encryption. ca: as of `join`. Raises as `join`."""
    membership = replace(_redeemed(folder, hub, code, verify, {"spare_key": spare_key}), ca=ca)
    write_membership(folder, membership)
    return membership


def _redeemed(folder: Path, hub: str, code: str, verify: ssl.SSLContext | bool, more: Mapping[str, str] | None = None) -> Membership:
    known = read_membership(folder)
    if known is not None:
        raise EnvironmentFault("joined", f"This site belongs to the hub {known.hub} already, as {known.site}. Leave it first.")
    try:
        url = engine_address(hub)
    except InputError as error:
        raise InputError("hub", error.message) from None
    key = NKey.new(KeyKind.USER)
    with Caller(url, "", verify) as caller:
        told = caller.json("POST", JOIN, json={"code": code, "key": key.public, **(more or {})})
    site, nats, claims, hub_key = (str(told[name]) for name in ("site", "nats", "claims", "hub_key"))
    return Membership(site, url, nats, claims, key.secret.hex(), hub_key)


def leave(folder: Path, store: Store) -> Membership:
    """The site goes on as if nothing had been; what it told stays at the hub. Those for whom the hub vouched are out. Raises
    EnvironmentFault (`not_joined`)."""
    known = read_membership(folder)
    if known is None:
        raise EnvironmentFault("not_joined", "This site belongs to no hub.")
    remove_membership(folder)
    forget_templates(folder)
    store.replication.end()
    store.purposes.clear()
    for stored in store.accounts.users():
        if stored.user.id.startswith(VOUCHED):
            store.accounts.remove_user(stored.user.id)
    return known
