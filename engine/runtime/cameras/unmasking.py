"""Which sessions may see faces that are hidden, and until when."""

import threading


class Unmasked:
    """Any thread. Kept in memory only: after a restart nobody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until_ns: dict[str, int] = {}
        self._seen: set[tuple[str, str]] = set()

    def show(self, session_id: str, now_ns: int, until_ns: int) -> None:
        with self._lock:
            self._until_ns = {known: until for known, until in self._until_ns.items() if until > now_ns} | {session_id: until_ns}
            self._seen = {(known, what) for known, what in self._seen if known in self._until_ns and known != session_id}

    def renew(self, session_id: str, renewed_id: str) -> None:
        """Its user goes on as another session."""
        with self._lock:
            if session_id in self._until_ns:
                self._until_ns = self._until_ns | {renewed_id: self._until_ns[session_id]}
                self._seen = self._seen | {(renewed_id, what) for known, what in self._seen if known == session_id}

    def until_ns(self, session_id: str, now_ns: int) -> int | None:
        """None: not now."""
        until_ns = self._until_ns.get(session_id, 0)
        return until_ns if until_ns > now_ns else None

    def saw(self, session_id: str, what: str) -> bool:
        """Whether it is noted that this session saw this since it began to see faces."""
        return (session_id, what) in self._seen

    def note(self, session_id: str, what: str) -> None:
        with self._lock:
            self._seen = self._seen | {(session_id, what)}
