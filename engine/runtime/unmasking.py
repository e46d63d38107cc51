"""Which sessions may see faces that are blurred, and until when."""

import threading


class Unmasked:
    """Any thread. Kept in memory only: after a restart nobody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until_ns: dict[str, int] = {}

    def show(self, session_id: str, now_ns: int, until_ns: int) -> None:
        with self._lock:
            self._until_ns = {known: until for known, until in self._until_ns.items() if until > now_ns} | {session_id: until_ns}

    def until_ns(self, session_id: str, now_ns: int) -> int | None:
        """None: not now."""
        until_ns = self._until_ns.get(session_id, 0)
        return until_ns if until_ns > now_ns else None
