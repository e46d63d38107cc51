"""`watchroom membership`: what this machine's site allows its hub, and whether that may apply settings here."""

import argparse
from dataclasses import replace

from console.commands.join import site_folder
from console.folders import add_data
from engine.model.errors import EnvironmentFault
from engine.runtime.hub.membership import Membership, read_membership, write_membership

ACCEPT, REFUSE = "accept", "refuse"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--settings",
        choices=[ACCEPT, REFUSE],
        help="let administrators of the hub apply rules and settings here, in the fields that a template can hold, or not",
    )
    add_data(parser)


def run(parsed: argparse.Namespace) -> int:
    """Works beside a running engine, which knows a second later. Raises InputError (`data`), EnvironmentFault."""
    data = site_folder(parsed.data)
    known = read_membership(data.path)
    if known is None:
        raise EnvironmentFault("not_joined", "This site belongs to no hub.")
    if parsed.settings is not None:
        known = replace(known, accept_settings=parsed.settings == ACCEPT)
        write_membership(data.path, known)
    print(_described(known))
    return 0


def _described(known: Membership) -> str:
    return "\n".join(
        (
            f"hub                    {known.hub}",
            f"site key               {known.site}",
            f"people of the hub      {known.most_role.value} at most",
            f"video of alerts        {'sent' if known.send_clips else 'not sent'}",
            f"rules and settings     {'accepted from administrators of the hub' if known.accept_settings else 'not accepted'}",
        )
    )
