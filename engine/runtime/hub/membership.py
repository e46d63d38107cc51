"""That a site belongs to a hub: which, as what, and what it shows there. In a file of the data folder, for its owner only."""

import json
from dataclasses import replace
from pathlib import Path

from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.model.wire import read_record, to_plain
from engine.runtime.atomic_file import leave_to_folder_owner, write_atomically

_FILE = "hub.json"


@dataclass(frozen=True, slots=True)
class Membership:
    """`site`: its key there. hub: the address of the hub. nats: that of its NATS server. claims: what the hub signed of the key whose
    secret half (hex) is `secret`, which never leaves. hub_key: whose word for people is taken, as far as `most_role`. ca: PEM of the
    authorities that alone prove the hub's name; empty: those that this machine trusts. claimed_ns: when the claims came, by the site's own
    clock, which may differ from the hub's by anything. send_clips: the hub is sent the video of alerts, too. accept_settings: its
    administrators may set what can be in a template."""

    site: str
    hub: str
    nats: str
    claims: str
    secret: str
    hub_key: str = ""
    most_role: Role = Role.OPERATOR
    ca: str = ""
    claimed_ns: int = 0
    send_clips: bool = False
    accept_settings: bool = False

    def __repr__(self) -> str:
        return f"Membership({self.site!r}, {self.hub!r})"

    def is_same(self, other: "Membership | None") -> bool:
        """Renewed or not."""
        return other is not None and replace(other, claims=self.claims, claimed_ns=self.claimed_ns) == self


def read_membership(folder: Path) -> Membership | None:
    """None: the site belongs to no hub. Raises EnvironmentFault (`membership`)."""
    path = folder / _FILE
    try:
        return read_record(Membership, json.loads(path.read_text("utf-8"))) if path.exists() else None
    except (OSError, ValueError, TypeError) as error:
        message = f"The file {path} cannot be read ({error}), so this site tells its hub nothing. Join the hub anew."
        raise EnvironmentFault("membership", message) from None


def write_membership(folder: Path, membership: Membership) -> None:
    """Raises EnvironmentFault."""
    path = folder / _FILE
    write_atomically(path, json.dumps(to_plain(membership)).encode())
    leave_to_folder_owner(path)


def renew_membership(folder: Path, membership: Membership, claims: str, now_ns: int) -> Membership:
    """With new claims; in its file unless the site has left meanwhile, or joined anew. Raises EnvironmentFault."""
    renewed = replace(membership, claims=claims, claimed_ns=now_ns)
    if renewed.is_same(read_membership(folder)):
        write_membership(folder, renewed)
    return renewed


def remove_membership(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)
