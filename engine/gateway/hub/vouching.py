"""A hub vouches again for people who are at a site already: while they may be there, and as soon as they may something else."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable

import httpx

from engine.model.accounts.access import User
from engine.model.time import SECOND, Clock

AGAIN_NS = 240 * SECOND
"""A third of what a session of theirs lasts at a site without it, and less."""
MOST_KEPT = 10_000
_ANSWER_S = 10.0
_UNKNOWN_THERE = (404, 405)  # a site of a version before

log = logging.getLogger(__name__)


class Vouching:
    """Any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()  # guards what follows
        self._told: OrderedDict[tuple[str, str], tuple[User, int]] = OrderedDict()  # by user and site: as whom, and when

    def note(self, user: User, site: str) -> None:
        """It is told this now."""
        with self._lock:
            self._told[user.id, site] = (user, self._clock.now_ns())
            self._told.move_to_end((user.id, site))
            while len(self._told) > MOST_KEPT:
                self._told.popitem(last=False)

    def tell(self, user: User, site: str, said: Callable[[], tuple[int, str]]) -> None:
        """`said`: the port of this machine that leads there, and the hub's word. A site that does not answer is told the next time."""
        with self._lock:
            before = self._told.get((user.id, site))
        if before is not None and before[0] == user and self._clock.now_ns() - before[1] < AGAIN_NS:
            return
        self.note(user, site)
        try:
            port, word = said()
            _put(port, word)
        except Exception as error:
            with self._lock:
                self._told.pop((user.id, site), None)
            if not isinstance(error, httpx.HTTPError):
                raise
            log.info("%s was not told of a person: %s", site, error)


def _put(port: int, word: str) -> None:
    """What a site says besides its status is not read: it may have no end. Raises httpx.HTTPError."""
    address = f"http://127.0.0.1:{port}/api/v1/session/hub"
    with httpx.stream("PUT", address, json={"word": word}, timeout=_ANSWER_S, trust_env=False) as answer:
        if answer.status_code not in _UNKNOWN_THERE:
            answer.raise_for_status()
