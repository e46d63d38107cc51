"""Asks the identity provider again about those who are signed in, as long as a hub runs."""

import logging
import threading

from engine.gateway.hub.oidc.door import OidcDoor
from engine.model.errors import EnvironmentFault

LOOK_S = 15.0
"""So late a check may be that is due."""

log = logging.getLogger(__name__)


class OidcChecks:
    """Thread `hub-people`, from `start` to `stop`."""

    def __init__(self, door: OidcDoor) -> None:
        self._door = door
        self._stopping = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="hub-people", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for a request that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            try:
                if self._door.check_due():
                    self._tell("")
            except EnvironmentFault as fault:
                self._tell(str(fault))
            except Exception:
                log.exception("who is signed in could not be checked")

    def _tell(self, trouble: str) -> None:
        """The first failure, and that it is over."""
        if trouble != self._trouble:
            log.warning("%s", trouble or "The identity provider answers again.")
        self._trouble = trouble
