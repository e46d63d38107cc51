"""The side of a site that belongs to a hub. A site that does not looks for a file now and then, and nothing else of this is even loaded."""

import threading
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.runtime.basis import Basis
from engine.runtime.hub.membership import Membership, read_membership
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor

LOOK_S = 1.0


class HubSide(Side):
    """Thread `hub`. `gateway_port`: where this site's gateway listens on loopback, once it does; 0: a hub is let through to nothing."""

    def __init__(self, basis: Basis) -> None:
        self._folder: Path = basis.data.path
        self._clock, self._queue = basis.clock, basis.record.store.replication
        self._trouble = basis.troubles.of("hub")
        self.gateway_port = 0

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("hub", self.run)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            membership = self.membership()
            if membership is not None:
                from engine.runtime.hub.hub_link import HubLink

                link = HubLink(membership, self._folder, self._queue, self._clock, self._trouble.tell, lambda: self.gateway_port)
                link.run(lambda: stopping.is_set() or self.membership() != membership)
            stopping.wait(LOOK_S)

    def membership(self) -> Membership | None:
        """None: of no hub, or it cannot be read, which is told."""
        try:
            found = read_membership(self._folder)
        except EnvironmentFault as fault:
            self._trouble.tell(str(fault))
            return None
        if found is None:
            self._trouble.tell(None)
        return found
