"""`watchroom leave`: see `join`."""

import argparse

from console.commands.join import site_folder
from console.folders import add_data
from engine.gateway.hub.joining import leave
from engine.model.time import SystemClock
from engine.runtime.storage.upgrading import open_beside


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`), EnvironmentFault."""
    data = site_folder(parsed.data)
    store = open_beside(data, SystemClock())
    try:
        left = leave(data.path, store)
    finally:
        store.close()
    print(f"This site belongs to no hub any more. What it told {left.hub} stays there until the hub's own rules remove it.")
    return 0
