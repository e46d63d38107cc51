"""`watchroom hub`: one record of many sites. `run` serves; the other actions work beside it, on the same database and folder."""

import argparse
import json
import os
import signal
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

from console.commands import hub_audit, hub_erasures, hub_people, hub_templates, hub_users
from console.commands.named_account import BY
from console.folders import hub_data
from console.help.help_texts import add_action
from engine import __version__
from engine.gateway.border.bind import Bind
from engine.gateway.hub.enrolment import checked_site_name, new_code
from engine.gateway.hub.oidc.settings import GROUPS, SCOPES, OidcSettings
from engine.model.errors import InputError
from engine.model.time import SECOND, SystemClock, to_iso
from engine.runtime.data_folder import made_for_owner
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.record import SharedRecord, SharedSite
from engine.store.shared.retention import KeepAges

_AGES = (  # what, the fewest days, help
    ("events", 1, "remove events older than this, with their decisions, review items and facts of clips"),
    ("alerts", 1, "remove alerts that were closed and last changed before this"),
    ("clips", 1, "remove the video of alerts that sites sent before this"),
    ("incidents", 30, "remove incidents that were closed and last changed before this"),
)
_MOST_DAYS = 3650
DEFAULT_BIND = "127.0.0.1:8750"
POSTGRES = "WATCHROOM_HUB_POSTGRES"
PROVIDER_SECRET = "WATCHROOM_HUB_OIDC_SECRET"  # noqa: S105  # the name of a variable
_KEY_HELP = "of the site, as `watchroom hub sites` lists it"
_NATS = "the NATS server, as tls://nats.example:4222; several servers of one cluster separated by commas"
_BESIDE = "Works beside a running hub."
_POSTGRES_HELP = (
    f"postgresql://user:password@host:port/database (default: the variable {POSTGRES}, "
    "which other users of this machine cannot read, as they can a command line)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    served = add_action(
        actions, "run", "serve: take in what sites tell, let sites join and people sign in", "Ends in order on SIGTERM and SIGINT."
    )
    served.add_argument(
        "--bind", default=DEFAULT_BIND, metavar="HOST:PORT", help="where sites join and consoles sign in (default %(default)s)"
    )
    served.add_argument("--insecure", action="store_true", help="serve plain HTTP beyond this machine")
    served.add_argument("--certificate", type=Path, metavar="PEM", help="serve HTTPS with this certificate")
    served.add_argument("--key", type=Path, metavar="PEM", help="the certificate's private key")
    served.add_argument("--host-name", action="append", default=[], metavar="NAME", help="a further name this hub is addressed by")
    served.add_argument("--nats", required=True, metavar="URL", help=_NATS)
    _add_provider(served)
    served.add_argument("--sites-nats", default="", metavar="URL", help="how sites reach the NATS server, where that differs")
    for what, _, help_ in _AGES:
        served.add_argument(f"--keep-{what}", type=float, metavar="DAYS", help=f"{help_} (default: for ever)")
    settings = add_action(actions, "nats", "print the lines that the settings of the NATS server need, once")
    code = add_action(actions, "code", "print a code by which one site can join, once, within a day", _BESIDE)
    code.add_argument("site", metavar="KEY", help="what its ids begin with here: a–z, 0–9 and -")
    code.add_argument("name", metavar="NAME", help="what it is called")
    code.add_argument("--spare", action="store_true", help="for a spare, in place of a site: `watchroom spare join`")
    listed = add_action(actions, "sites", "the sites, and how far each has told", _BESIDE)
    renamed = add_action(actions, "rename", "call a site something else", _BESIDE)
    renamed.add_argument("site", metavar="KEY", help=_KEY_HELP)
    renamed.add_argument("name", metavar="NAME", help="what it is called from now on")
    retired = add_action(actions, "retire", "take nothing more of a site; what it told stays", _BESIDE)
    retired.add_argument("site", metavar="KEY", help=_KEY_HELP)
    audit = add_action(actions, "audit", "what was done at the hub itself, the newest last", _BESIDE)
    hub_audit.add_arguments(audit)
    accounts = hub_users.add_actions(actions)
    people = add_action(actions, "people", "compare people over the sites: purposes, links, what is to be reviewed")
    about_people = hub_people.add_actions(people.add_subparsers(dest="people_action", required=True, metavar="ACTION"))
    templates = add_action(actions, "templates", "rules and settings for several sites: try them there, apply them, see how sites differ")
    of_templates = hub_templates.add_actions(templates.add_subparsers(dest="template_action", required=True, metavar="ACTION"))
    erased = add_action(actions, "erasures", "people whom the sites are to erase and have not yet", _BESIDE)
    hub_erasures.add_arguments(erased)
    for action in (served, code, listed, renamed, retired, audit, erased, *accounts, *about_people, *of_templates):
        action.add_argument("--postgres", default=os.environ.get(POSTGRES, ""), metavar="DSN", help=_POSTGRES_HELP)
    for action in (served, settings):
        action.add_argument("--data", type=Path, default=hub_data(), metavar="DIR", help="the hub's own folder (default %(default)s)")


def _add_provider(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("identity provider (OpenID Connect)")
    group.add_argument("--oidc", default="", metavar="ISSUER", help="lets people sign in by this provider, as https://login.example.org")
    group.add_argument("--oidc-client", default="", metavar="ID", help="under which the provider knows this hub")
    group.add_argument(
        "--oidc-secret-file",
        type=Path,
        metavar="FILE",
        help=f"holds the client's secret (default: the variable {PROVIDER_SECRET}; a public client has none)",
    )
    group.add_argument("--oidc-groups", default=GROUPS, metavar="CLAIM", help="names a person's groups (default %(default)s)")
    group.add_argument("--no-device-codes", action="store_true", help="nobody signs in with another device")
    group.add_argument("--oidc-scopes", default=SCOPES, metavar="SCOPES", help="to ask for (default: %(default)s)")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError, NotFound, EnvironmentFault."""
    clock = SystemClock()
    if parsed.action == "nats":
        print(HubKeys.in_folder(made_for_owner(parsed.data)).server_settings(clock.now_ns()), end="")
        return 0
    record = _opened_record(parsed.postgres)
    try:
        return _with_record(parsed, record, clock)
    finally:
        record.close()


def _opened_record(postgres: str) -> SharedRecord:
    """Raises InputError (`postgres`), EnvironmentFault."""
    if not postgres:
        raise InputError("postgres", f"is missing: give --postgres DSN, or set {POSTGRES}")
    try:
        return SharedRecord(postgres)
    except InputError as error:
        raise InputError("postgres", error.message) from None


def _with_record(parsed: argparse.Namespace, record: SharedRecord, clock: SystemClock) -> int:
    match parsed.action:
        case "run":
            return _serve(parsed, record, clock)
        case "code":
            print(new_code(record, clock, parsed.site, parsed.name, BY, spare=parsed.spare))
        case "rename":
            record.rename_site(parsed.site, checked_site_name(parsed.name), clock.now_ns(), BY)
        case "retire":
            record.retire_site(parsed.site, clock.now_ns(), BY)
        case "audit":
            return hub_audit.run(parsed, record.audit)
        case "people":
            hub_people.run(parsed, record, clock)
        case "templates":
            return hub_templates.run(parsed, record, clock)
        case "erasures":
            return hub_erasures.run(parsed, record, clock)
        case "sites":
            for site in record.sites():
                print(_site_line(site))
        case _:
            hub_users.run(parsed, record, clock)
    return 0


def _site_line(site: SharedSite) -> str:
    heard = to_iso(site.heard_ns) if site.heard_ns else "never"
    left = f"  left {to_iso(site.retired_ns)}" if site.retired_ns is not None else ""
    if site.spare_key:
        return f"{site.key}  {site.name}  spare{left}"
    if site.spare:
        stands = f"stands in since {to_iso(site.standing_ns)}" if site.standing_ns is not None else "stands by"
        left = f"  {site.spare} for {site.stands_for}: {stands}{left}"
    clock = f"  clock {site.clock_offset_ns / SECOND:+.3f} s" if site.clock_offset_ns is not None else ""
    return f"{site.key}  {site.name}  {site.seq} changes  last heard {heard}{clock}{left}"


def _checked_addresses(option: str, addresses: str) -> str:
    """Separated by commas. Raises InputError: they would be tried for ever."""
    found = [each.strip() for each in addresses.split(",")]
    if not all(map(_is_address, found)) or len({each.partition(":")[0] for each in found}) > 1:
        likeness = "the address of the NATS server has to look like tls://nats.example:4222"
        raise InputError(option, f"{likeness}; several servers of a cluster are separated by commas, all with tls:// or all with nats://")
    return ",".join(found)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("nats", "tls") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _ages(parsed: argparse.Namespace) -> KeepAges:
    """Raises InputError, naming the option. The same limits as those of a site."""
    found: dict[str, int] = {}
    for what, least, _ in _AGES:
        days = getattr(parsed, f"keep_{what}")
        if days is not None:
            if not least <= days <= _MOST_DAYS:
                raise InputError(f"keep-{what}", f"has to be between {least} and {_MOST_DAYS} days")
            found[what] = round(days * 86_400 * SECOND)
    return KeepAges(**found)


def _provider(parsed: argparse.Namespace) -> OidcSettings | None:
    """None: people have accounts of the hub alone. Raises InputError (`oidc`, `oidc-…`)."""
    if not parsed.oidc:
        if parsed.oidc_client or parsed.oidc_secret_file:
            raise InputError("oidc", "is missing: the address of the identity provider")
        return None
    return OidcSettings(
        parsed.oidc,
        parsed.oidc_client,
        _secret(parsed.oidc_secret_file),
        parsed.oidc_groups,
        parsed.oidc_scopes,
        device_codes=not parsed.no_device_codes,
    )


def _secret(path: Path | None) -> str:
    """Raises InputError (`oidc-secret-file`)."""
    if path is None:
        return os.environ.get(PROVIDER_SECRET, "")
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("oidc-secret-file", f"{path} cannot be read ({error})") from None
    if not secret:
        raise InputError("oidc-secret-file", f"{path} is empty")
    return secret


def _serve(parsed: argparse.Namespace, record: SharedRecord, clock: SystemClock) -> int:
    from engine.gateway.hub.app import LARGEST_PIECE, make_hub_app
    from engine.gateway.hub.door import HubDoor
    from engine.gateway.hub.hub import Hub
    from engine.gateway.hub.oidc.checks import OidcChecks
    from engine.gateway.hub.oidc.provider import Provider
    from engine.gateway.hub.retention import Retention
    from engine.gateway.network_thread import NetworkThread

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bind = Bind.parse(parsed.bind, parsed.insecure, parsed.certificate, parsed.key, tuple(parsed.host_name))
    nats = _checked_addresses("nats", parsed.nats)
    told = _checked_addresses("sites-nats", parsed.sites_nats or nats)
    retention = Retention(record, _ages(parsed), clock)
    settings = _provider(parsed)
    keys = HubKeys.in_folder(made_for_owner(parsed.data))
    hub, network = Hub(record, keys, nats, clock, told), NetworkThread(bind, LARGEST_PIECE)
    with ExitStack() as stack:
        provider = None if settings is None else stack.enter_context(closing(Provider(settings, clock)))
        door = HubDoor(record, keys, hub, clock, provider)
        app = make_hub_app(hub.enrolment, door, bind.hosts, __version__)
        for part in (hub, retention, *([] if door.oidc is None else [OidcChecks(door.oidc)])):
            part.start()
            stack.callback(part.stop)
        stack.callback(network.stop)
        network.start(lambda *_: app)
        print(json.dumps({"ready": True, "http": network.url}), flush=True)
        stop.wait()
    return 0
