"""`watchroom users`: the accounts of a site, and a new password for who lost theirs, the only administrator too.

For whoever may write to the data folder. Works beside a running engine, which ends the sessions of that account.
"""

import argparse

from console.commands.named_account import BY, password_typed, user_by_name
from console.commands.token import accounts_of
from console.folders import add_data
from console.help.help_texts import add_action
from engine.model.accounts.access import User
from engine.model.errors import InputError
from engine.runtime.data_folder import DataFolder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = add_action(actions, "list", "people who may sign in, and as what", "Works beside a running engine.")
    reset = add_action(
        actions,
        "reset-password",
        "ask for a new password of somebody, whose sessions end",
        "It is typed twice, or read from the standard input. Works beside a running engine.",
    )
    reset.add_argument("name", metavar="NAME", help="as listed")
    for action in (listed, reset):
        add_data(action)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `name`, `password`), EnvironmentFault."""
    if not (parsed.data / "watchroom.db").is_file():
        raise InputError("data", f"{parsed.data} holds no site")
    data = DataFolder(parsed.data)
    if parsed.action == "list":
        with accounts_of(data) as (accounts, _):
            for user in accounts.users():
                print(_user_line(user))
        return 0
    with accounts_of(data, signs=True) as (accounts, _):
        user = user_by_name(accounts, parsed.name, "watchroom users list")
        accounts.reset_password(user.id, password_typed(), by=BY)
    print(f"{user.name} signs in with the new password. Their sessions have ended.")
    return 0


def _user_line(user: User) -> str:
    """One line: name, role, what they see."""
    cameras = "all cameras" if user.cameras is None else " ".join(user.cameras) or "no camera"
    return "  ".join((user.name, user.role.value, cameras))
