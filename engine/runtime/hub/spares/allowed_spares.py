"""Which spares a site allows: keys that an administrator named at the site. No hub adds one. In a file of the data folder."""

import json
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.runtime.atomic_file import leave_to_folder_owner, write_atomically
from engine.runtime.hub.nkeys import KeyKind, checked_public

_FILE = "spares.json"
MOST_SPARES = 8


@dataclass(frozen=True, slots=True)
class AllowedSpare:
    """`key`: its public key for encryption."""

    key: str
    allowed_ns: int


def read_allowed(folder: Path) -> tuple[AllowedSpare, ...]:
    """Raises EnvironmentFault (`spares`)."""
    path = folder / _FILE
    try:
        return read_as(tuple[AllowedSpare, ...], json.loads(path.read_text("utf-8"))) if path.exists() else ()
    except (OSError, ValueError, TypeError, InputError) as error:
        message = f"The file {path} cannot be read ({error}), so no spare is sent anything. Remove it, and allow the spares again."
        raise EnvironmentFault("spares", message) from None


def has_allowed(folder: Path) -> bool:
    """Whether a spare was ever allowed."""
    return (folder / _FILE).exists()


def allow_spare(folder: Path, key: str, now_ns: int) -> None:
    """Raises InputError (`key`), EnvironmentFault."""
    checked_public(key, KeyKind.X25519)
    others = tuple(spare for spare in read_allowed(folder) if spare.key != key)
    if len(others) >= MOST_SPARES:
        raise InputError("key", f"would be one spare more than {MOST_SPARES}; withdraw another first")
    _write(folder, (*others, AllowedSpare(key, now_ns)))


def withdraw_spare(folder: Path, key: str) -> None:
    """Raises NotFound, EnvironmentFault."""
    known = read_allowed(folder)
    left = tuple(spare for spare in known if spare.key != key)
    if len(left) == len(known):
        raise NotFound(f"There is no allowed spare {key[:80]}. `watchroom spares list` shows them.")
    _write(folder, left)


def _write(folder: Path, spares: tuple[AllowedSpare, ...]) -> None:
    path = folder / _FILE
    write_atomically(path, json.dumps([to_plain(spare) for spare in spares]).encode())
    leave_to_folder_owner(path)
