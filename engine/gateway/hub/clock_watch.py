"""Says in the log which site's clock is off: times of events of several sites are compared with each other."""

import logging

from engine.model.time import SECOND

log = logging.getLogger(__name__)

MOST_NS = 2 * SECOND


class ClockWatch:
    """Any thread: at worst it says something twice."""

    def __init__(self) -> None:
        self._askew: set[str] = set()

    def take(self, site: str, offset_ns: int, unsure_ns: int) -> None:
        """`offset_ns`: by how much its clock is ahead of this one, give or take `unsure_ns`."""
        is_askew = abs(offset_ns) - unsure_ns > MOST_NS
        if is_askew and site not in self._askew:
            way = "ahead of" if offset_ns > 0 else "behind"
            log.warning(
                "The clock of %s is %.1f s %s the hub's. Have both follow a time server (chrony).", site, abs(offset_ns) / SECOND, way
            )
            self._askew.add(site)
        elif not is_askew and site in self._askew:
            log.info("The clock of %s is right again.", site)
            self._askew.discard(site)
