"""What `--help` says of a command and of what it can do, so that no other manual is needed."""

import argparse
from typing import Any

EXIT_CODES = "Exit codes: 0 done, 1 a check failed, 2 bad input (the message names it), 3 something of this machine (disk, display, port)."


def described(what: str) -> str:
    """A list's entry as a sentence."""
    return f"{what[0].upper()}{what[1:]}."


def add_action(actions: Any, name: str, what: str, more: str = "") -> argparse.ArgumentParser:
    """One thing that a command does. `actions`: of `add_subparsers`. `more`: sentences that only its own help has."""
    parser: argparse.ArgumentParser = actions.add_parser(
        name, help=what, description=f"{described(what)} {more}".strip(), epilog=EXIT_CODES
    )
    return parser
