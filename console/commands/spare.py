"""`watchroom spare`: this machine stands in for sites of a hub whose engine has failed, and hands back to them.

Without an action it serves, until SIGTERM or SIGINT. The other actions work beside it, for whoever may write to its folder.
"""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from console.folders import spare_data
from console.given_models import install_given_models
from console.help.help_texts import add_action
from console.sound.listening import trusted
from engine.model.errors import InputError
from engine.model.time import SystemClock
from engine.runtime.data_folder import made_for_owner
from engine.runtime.hub.membership import Membership, read_membership
from engine.runtime.hub.spares.spare_folder import SpareFolder

_BESIDE = "Works beside a running spare."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    served = add_action(actions, "run", "serve: stand by, stand in, hand back", "Ends in order on SIGTERM and SIGINT.")
    served.add_argument("--models", type=Path, metavar="DIR", help="take models from this folder instead of the network")
    joined = add_action(actions, "join", "have this machine belong to a hub as a spare", "Once, before it serves.")
    joined.add_argument("hub", metavar="HUB", help="the hub's address, as https://hub.example:8750")
    joined.add_argument("--code", required=True, help="as `watchroom hub code --spare` printed it; good once, and for a day")
    joined.add_argument("--ca", type=Path, metavar="PEM", help="trust these authorities or certificates alone")
    shown = add_action(actions, "key", "print this spare's key, which sites name to allow it", _BESIDE)
    accepted = add_action(actions, "accept", "take the settings of a site that allows this spare", _BESIDE)
    refused = add_action(actions, "refuse", "take nothing of a site any more, and forget what it sent", _BESIDE)
    for action in (accepted, refused):
        action.add_argument("key", metavar="KEY", help="of the site, as `watchroom spares allow` printed it there")
    most = add_action(actions, "most", "for how many sites this spare may stand in at a time", _BESIDE)
    most.add_argument("most", type=int, metavar="N", help="1 to 64 (default: 1)")
    listed = add_action(actions, "sites", "the sites that are accepted, and whose settings are here", _BESIDE)
    for action in (served, joined, shown, accepted, refused, most, listed):
        action.add_argument("--data", type=Path, default=spare_data(), metavar="DIR", help="the spare's own folder (default %(default)s)")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError, NotFound, EnvironmentFault."""
    folder = SpareFolder(made_for_owner(parsed.data))
    match parsed.action:
        case "run":
            return _serve(parsed, folder)
        case "join":
            return _join(parsed, folder)
        case "key":
            print(folder.key.public)
        case "accept":
            folder.accept(parsed.key)
        case "refuse":
            folder.refuse(parsed.key)
        case "most":
            folder.set_most(parsed.most)
        case _:
            choice, versions = folder.choice(), folder.versions()
            print("\n".join([*(f"accepted  {key}" for key in choice.sites), *(f"settings  {site}" for site in sorted(versions))]))
    return 0


def _join(parsed: argparse.Namespace, folder: SpareFolder) -> int:
    from engine.gateway.hub.joining import join_spare

    ca = parsed.ca.read_text("ascii") if parsed.ca is not None else ""
    membership = join_spare(folder.path, parsed.hub, parsed.code, folder.key.public, trusted(parsed.ca), ca)
    print(f"This machine is the spare {membership.site} of {membership.hub} now. Its key is {folder.key.public}")
    return 0


def _serve(parsed: argparse.Namespace, folder: SpareFolder) -> int:
    from console.stand_in import StandIn
    from engine.runtime.hub.spares.spare_node import SpareNode

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    install_given_models(parsed.models)
    node = SpareNode(folder, _membership(folder), SystemClock(), StandIn)
    print(json.dumps({"ready": True}), flush=True)
    print(f"The key of this spare is {folder.key.public}", file=sys.stderr)
    node.run(stop.is_set)
    return 0


def _membership(folder: SpareFolder) -> Membership:
    """Raises InputError (`data`)."""
    found = read_membership(folder.path)
    if found is None:
        raise InputError("data", f"{folder.path} holds no spare of a hub: `watchroom spare join` first")
    return found
