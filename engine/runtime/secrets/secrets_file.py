"""Secrets in a file for its owner only, and a copy of the same beside it: where the file is lost or damaged, the copy is read."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from engine.model.errors import EnvironmentFault
from engine.runtime.atomic_file import write_atomically

log = logging.getLogger(__name__)


def copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


class SecretsFile:
    """One thread at a time. Both are written for each change, the copy first: what is read is never older than what was answered.

    A file that is damaged, and not merely lost, stays as it is: it may be put right by hand. Until then nothing is written.

    Args:
        tell: told a sentence where the copy is used.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] = log.error) -> None:
        self.path, self._copy = path, copy_of(path)
        self.tell = tell

    def mend(self) -> None:
        """At the start: what was lost is put back from the copy, and a copy is made where there is none. Raises EnvironmentFault."""
        content, copied = _content(self.path), _content(self._copy)
        if _parsed(content) is None:
            if _parsed(copied) is not None and not content:
                write_atomically(self.path, copied)
                self.tell(f"{self.path.name} was gone or empty. It was put back from its copy, {self._copy.name}. Check the disk.")
            else:
                self.read()
        elif content != copied:
            write_atomically(self._copy, content)

    def read(self) -> dict[str, str]:
        """Raises EnvironmentFault `secrets_damaged`, `secrets_unreadable`."""
        content = _content(self.path)
        known = _parsed(content)
        if known is not None:
            return known
        copied = _parsed(_content(self._copy))
        if copied is not None:
            name, copy = self.path.name, self._copy.name
            gone = f"{name} is gone or empty. Its copy, {copy}, is used. Check the disk."
            damaged = (
                f"{name} is damaged. Its copy, {copy}, is used, and nothing is written. Move the damaged file away, and check the disk."
            )
            self.tell(damaged if content else gone)
            return copied
        if not (self.path.exists() or self._copy.exists()):
            return {}
        raise EnvironmentFault(
            "secrets_damaged",
            f"{self.path} is damaged, and no copy of it can be read. Move it and {self._copy.name} away and enter the cameras' passwords"
            " again; they are not overwritten.",
        )

    def write(self, secrets: dict[str, str]) -> None:
        """Raises EnvironmentFault `secrets_damaged`, `secrets_unreadable`, `not_written`; then the file is as it was."""
        before, content = _content(self.path), json.dumps(secrets, indent=1, ensure_ascii=False, sort_keys=True).encode()
        if before and _parsed(before) is None:
            raise EnvironmentFault("secrets_damaged", f"{self.path} is damaged. Move it away, and its copy is used; it is not overwritten.")
        if secrets == self.read() and (before or not secrets):
            return
        write_atomically(self._copy, content)
        write_atomically(self.path, content)


def _content(path: Path) -> bytes:
    """Nothing where there is no file, or one whose blocks were never written."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise EnvironmentFault("secrets_unreadable", f"{path} cannot be read ({error.strerror}).") from None
    return content if content.strip(b"\0 \t\r\n") else b""


def _parsed(content: bytes) -> dict[str, str] | None:
    """None: they are no secrets."""
    try:
        plain: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(plain, dict):
        return None
    known = cast("dict[str, Any]", plain)
    return known if all(isinstance(value, str) for value in known.values()) else None
