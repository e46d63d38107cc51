"""Open alerts of a site that this console has never reached, as the site's hub has them."""

import logging
import time
from collections.abc import Callable

from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.model.question import AlertPage, ListAlerts
from engine.model.settings import Settings
from engine.model.snapshot import AlertView, Snapshot
from engine.model.time import Clock

log = logging.getLogger(__name__)

COPY_S, MOST_COPIED = 15.0, 500
"""So often a hub is asked for them, and for how many."""


class CopiedAlerts:
    """Of one site, by its key here. One thread. `snapshot`: with nothing else in it; None before the hub told."""

    def __init__(self, key: str, ask: Callable[[ListAlerts], AlertPage], clock: Clock) -> None:
        self._key, self._ask, self._clock = key, ask, clock
        self._asked_s = -COPY_S
        self.snapshot: Snapshot | None = None

    def look(self) -> bool:
        """Ask now and then; whether they are others than before."""
        if time.monotonic() - self._asked_s < COPY_S:
            return False
        self._asked_s = time.monotonic()
        try:
            found = self._ask(ListAlerts(limit=MOST_COPIED, open=True)).alerts
            alerts = tuple(rewrite(alert, Qualifier(self._key)) for alert in found)
        except Exception as error:  # noqa: BLE001 - whatever a hub answers: the past of a site that is away is told where it can be
            log.debug("the alerts of %s at its hub: %s", self._key, error)
            return False
        if self.snapshot is not None and self.snapshot.alerts.alerts == alerts:
            return False
        self.snapshot = Snapshot(0, self._clock.now_ns(), Settings(), alerts=AlertView(alerts))
        return True
