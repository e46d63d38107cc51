"""Where Watchroom keeps things when nobody says otherwise."""

import argparse
from pathlib import Path

from platformdirs import user_data_path


def default_data() -> Path:
    """The data folder of the site at this machine."""
    return user_data_path("watchroom", appauthor=False) / "site"


def demo_data() -> Path:
    """The data folder of the demo site: apart, so that nothing simulated ever stands in a real record."""
    return user_data_path("watchroom", appauthor=False) / "demo"


def hub_data() -> Path:
    """The folder of a hub at this machine: its keys."""
    return user_data_path("watchroom", appauthor=False) / "hub"


def spare_data() -> Path:
    """The folder of a spare at this machine: its key, and what it records for sites."""
    return user_data_path("watchroom", appauthor=False) / "spare"


def add_data(parser: argparse.ArgumentParser) -> None:
    """`--data DIR`: whose site a command is for."""
    parser.add_argument("--data", type=Path, default=default_data(), metavar="DIR", help="data folder (default %(default)s)")
