"""That a site belongs to a hub: which, as what, and what it shows there. In a file of the data folder, for its owner only."""

import json
import os
from pathlib import Path

from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.runtime.atomic_file import write_atomically

_FILE = "hub.json"


@dataclass(frozen=True, slots=True)
class Membership:
    """`site`: its key there. hub: the address of the hub. nats: that of its NATS server. claims: what the hub signed of the key whose
    secret half (hex) is `secret`, which never leaves. hub_key: whose word for people is taken, as far as `most_role`."""

    site: str
    hub: str
    nats: str
    claims: str
    secret: str
    hub_key: str = ""
    most_role: Role = Role.OPERATOR

    def __repr__(self) -> str:
        return f"Membership({self.site!r}, {self.hub!r})"


def read_membership(folder: Path) -> Membership | None:
    """None: the site belongs to no hub. Raises EnvironmentFault (`membership`)."""
    path = folder / _FILE
    try:
        return read_as(Membership, json.loads(path.read_text("utf-8"))) if path.exists() else None
    except (OSError, ValueError, TypeError) as error:
        message = f"The file {path} cannot be read ({error}), so this site tells its hub nothing. Join the hub anew."
        raise EnvironmentFault("membership", message) from None


def write_membership(folder: Path, membership: Membership) -> None:
    """Raises EnvironmentFault."""
    path = folder / _FILE
    write_atomically(path, json.dumps(to_plain(membership)).encode())
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # the engine of this folder may run as another user
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def remove_membership(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)
