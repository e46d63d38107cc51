"""The key for Atlas: of the environment, else of the secret store, which is asked as seldom as can be."""

import threading

from engine.incidents.atlas.fault import NO_KEY, AtlasFault
from engine.model.errors import EnvironmentFault
from engine.runtime.ports import StoredSecret


class AtlasKey:
    """Any thread. A keyring may take long, or ask a person to unlock it: it is asked once, and again only after `forget`.

    Args:
        given: by the environment.
    """

    def __init__(self, given: str | None, secret: StoredSecret) -> None:
        self._given = given
        self._secret = secret
        self._lock = threading.Lock()
        self._known: str | None = None
        self._fault: EnvironmentFault | None = None
        self._asked = False

    def __repr__(self) -> str:
        return "AtlasKey()"

    def __call__(self) -> str | None:
        """Raises AtlasFault."""
        if self._given:
            return self._given
        with self._lock:
            if not self._asked:
                self._ask_store()
            if self._fault is not None:
                raise AtlasFault(NO_KEY, str(self._fault))
            return self._known

    @property
    def is_there(self) -> bool:
        try:
            return bool(self())
        except AtlasFault:
            return False

    def forget(self) -> None:
        """It was changed."""
        with self._lock:
            self._asked = False

    def try_again(self) -> None:
        """Where it could not be read, it may be readable by now."""
        with self._lock:
            self._asked = self._asked and self._fault is None

    def _ask_store(self) -> None:
        self._asked, self._known, self._fault = True, None, None
        try:
            self._known = self._secret.get()
        except EnvironmentFault as fault:
            self._fault = fault
