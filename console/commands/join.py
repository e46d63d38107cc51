"""`watchroom join` and `watchroom leave`: this machine's site becomes one of a hub's, or is none again.

For whoever may write to the data folder. Works beside a running engine, which begins to tell the hub, or stops, within some seconds.
"""

import argparse
from pathlib import Path

from console.folders import add_data
from console.sound.listening import trusted
from engine.gateway.hub.joining import join
from engine.model.accounts.access import Role
from engine.model.errors import InputError
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.upgrading import open_beside


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("hub", metavar="HUB", help="the hub's address, as https://hub.example:8750")
    parser.add_argument("--code", required=True, help="as `watchroom hub code` printed it; good once, and for a day")
    parser.add_argument(
        "--most-role",
        choices=[role.value for role in Role],
        default=Role.OPERATOR.value,
        help="what people of the hub may be at this site at most (default %(default)s)",
    )
    parser.add_argument(
        "--send-clips",
        action="store_true",
        help="send the hub the video of alerts, too, without faces and private parts where this site hides them (default: no video)",
    )
    parser.add_argument(
        "--accept-settings",
        action="store_true",
        help="let administrators of the hub apply rules and settings here, in the fields that a template can hold (default: not)",
    )
    parser.add_argument("--ca", type=Path, metavar="PEM", help="trust these authorities or certificates alone")
    add_data(parser)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `hub`, `code`, `ca`), EnvironmentFault."""
    data = site_folder(parsed.data)
    verify = trusted(parsed.ca)
    ca = parsed.ca.read_text("ascii") if parsed.ca is not None else ""
    store = open_beside(data, SystemClock())
    try:
        allowed = (Role(parsed.most_role), ca, parsed.send_clips, parsed.accept_settings)
        membership = join(data.path, store, parsed.hub, parsed.code, verify, *allowed)
    finally:
        store.close()
    print(f"This site is {membership.site} of {membership.hub} now. While its engine runs, what was and is recorded is told there.")
    return 0


def site_folder(path: Path) -> DataFolder:
    """Raises InputError (`data`)."""
    if not (path / "watchroom.db").is_file():
        raise InputError("data", f"{path} holds no site")
    return DataFolder(path)
