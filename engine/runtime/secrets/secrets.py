"""Where camera credentials live: the system's keyring, or a file for its owner only where there is none. Never in settings or logs."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from engine.model.errors import EnvironmentFault
from engine.runtime.secrets.secrets_file import SecretsFile

_SERVICE = "Watchroom"
_NO_KEYRING = ("keyring.backends.fail", "keyring.backends.null")


class Keyring(Protocol):
    """What is used of a backend of the `keyring` library."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def system_keyring() -> Keyring | None:
    """The system's keyring; None on a machine without one (a server, a container) or with it switched off."""
    import keyring

    found: Any = keyring.get_keyring()
    return None if type(found).__module__ in _NO_KEYRING or found.priority <= 0 else found


class SecretStore:
    """Secrets by key (`camera/<id>`). Any thread; takes as long as the keyring does.

    A secret goes to the keyring, and to `secrets.json` (0600) in the data folder where the keyring refuses or does not exist; it is in
    one of the two only. The README says that the file is not encrypted. Beside it is a copy, `secrets.json.bak`.
    """

    def __init__(self, folder: Path, find_keyring: Callable[[], Keyring | None] = system_keyring) -> None:
        self._folder, self._file = folder, SecretsFile(folder / "secrets.json")
        self._scope = str(folder.absolute())
        self._find_keyring = find_keyring
        self._lock = threading.Lock()

    @cached_property
    def _keyring(self) -> Keyring | None:
        """Looked for when first needed: it takes a tenth of a second."""
        return self._find_keyring()

    @property
    def place(self) -> str:
        """Where secrets are put, as words for the System page."""
        return "the system's keyring" if self._keyring is not None else f"the file {self._file.path}, which is not encrypted"

    def __repr__(self) -> str:
        return f"SecretStore({str(self._folder)!r})"

    def mend(self, tell: Callable[[str], None]) -> None:
        """At the start: see `SecretsFile.mend`. `tell`: told a sentence, now or later, where the file was lost. A fault is for whoever asks
        for a secret."""
        self._file.tell = tell
        with self._lock, suppress(EnvironmentFault):
            self._file.mend()

    def get(self, key: str) -> str | None:
        """None when there is no such secret.

        Raises:
            EnvironmentFault: `secrets_damaged`, `secrets_unreadable`.
        """
        with self._lock:
            in_file = self._file.read().get(key)
            return in_file if in_file is not None else self._ask_keyring(key)

    def put(self, key: str, secret: str) -> None:
        """Keep a secret, replacing the one that was there.

        Raises:
            EnvironmentFault: `secrets_damaged`, `secrets_unreadable`, `not_written`.
        """
        with self._lock:
            others = {name: value for name, value in self._file.read().items() if name != key}
            if self._tell_keyring(key, secret):
                self._file.write(others)
            else:
                self._file.write({**others, key: secret})

    def keep(self, key: str, secret: str) -> None:
        """An empty one forgets what is kept. Raises as `put` does."""
        self.put(key, secret) if secret else self.remove(key)

    def remove(self, key: str) -> None:
        """Forget a secret; one that is not there is no error."""
        with self._lock:
            self._drop_from_keyring(key)
            self._file.write({name: value for name, value in self._file.read().items() if name != key})

    def _ask_keyring(self, key: str) -> str | None:
        from keyring.errors import KeyringError

        try:
            return None if self._keyring is None else self._keyring.get_password(_SERVICE, self._account(key))
        except KeyringError as error:
            raise EnvironmentFault("secrets_unreadable", f"The system's keyring cannot be read ({error}). Unlock it.") from None

    def _tell_keyring(self, key: str, secret: str) -> bool:
        from keyring.errors import KeyringError

        if self._keyring is None:
            return False
        try:
            self._keyring.set_password(_SERVICE, self._account(key), secret)
        except KeyringError:
            self._drop_from_keyring(key)  # an older one must not come back when the file's is removed
            return False
        return True

    def _drop_from_keyring(self, key: str) -> None:
        from keyring.errors import KeyringError

        if self._keyring is None:
            return
        try:
            self._keyring.delete_password(_SERVICE, self._account(key))
        except KeyringError:
            return  # not there, or locked: then it is out of reach, and unused once its camera is gone

    def _account(self, key: str) -> str:
        """Two data folders on one machine must not share secrets."""
        return f"{self._scope}#{key}"


class KeptSecret:
    """One secret of the store. Both may raise EnvironmentFault."""

    def __init__(self, secrets: SecretStore, key: str) -> None:
        self._secrets, self._key = secrets, key

    def get(self) -> str | None:
        return self._secrets.get(self._key)

    def keep(self, secret: str) -> None:
        """An empty one forgets what is kept."""
        self._secrets.keep(self._key, secret)
