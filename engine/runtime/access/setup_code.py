"""The one-time code for setting a site up from elsewhere."""

import hmac
import secrets
import threading


class SetupCode:
    """Shown on the engine's own terminal; whoever sets the site up over HTTP must type it. Good for one run and one set-up."""

    _LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else
    _WRONG_ALLOWED = 20

    def __init__(self) -> None:
        self._letters = "".join(secrets.choice(self._LETTERS) for _ in range(8))
        self._wrong_left = self._WRONG_ALLOWED
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "SetupCode()"

    @property
    def text(self) -> str:
        """As `ABCD-EFGH`."""
        return f"{self._letters[:4]}-{self._letters[4:]}"

    def accepts(self, given: str) -> bool:
        """Case, spaces and the dash do not matter. After twenty wrong ones none is right until the engine is started again."""
        plain = "".join(c for c in given.upper() if c.isalnum())
        right = hmac.compare_digest(plain.encode("utf-8", "replace"), self._letters.encode())
        with self._lock:
            if self._wrong_left <= 0:
                return False
            self._wrong_left -= 0 if right else 1
        return right
