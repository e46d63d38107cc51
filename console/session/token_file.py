"""The token of a display, in a file that nobody but its owner may read."""

import os
import re
import stat
from pathlib import Path

from engine.model.errors import InputError
from engine.model.value_class import dataclass

_LONGEST = 200
_TOKEN = re.compile(rb"[A-Za-z0-9._~+/=-]+")  # what may follow “Bearer” (RFC 6750, section 2.1)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Any thread. Read anew each time: whoever writes another token there is not asked to come by."""

    path: Path

    def read(self) -> str:
        """Raises InputError (field `token-file`): not there, no token in it, or open to others than its owner."""
        try:
            if not self.path.is_file():
                raise InputError("token-file", f"{self.path} is no file; write the display's token there, for its owner only")
            with self.path.open("rb") as file:
                _check_closed(self.path, os.fstat(file.fileno()).st_mode)
                text = file.read(_LONGEST + 1).strip()
        except OSError as error:
            raise InputError("token-file", f"{self.path} cannot be read ({error.strerror})") from None
        if len(text) > _LONGEST or not _TOKEN.fullmatch(text):
            raise InputError("token-file", f"{self.path} holds no token; it has to be the one line that `watchroom token create` prints")
        return text.decode("ascii")

    def stamp(self) -> tuple[int, int, int]:
        """Another one when the file was written again, or its mode changed; zeros while it is not there."""
        try:
            now = self.path.stat()
        except OSError:
            return 0, 0, 0
        return now.st_mtime_ns, now.st_ctime_ns, now.st_ino


def _check_closed(path: Path, mode: int) -> None:
    """Windows keeps who may read a file elsewhere; there the folder of a user is theirs."""
    if os.name == "posix" and mode & _OTHERS:
        raise InputError("token-file", f"{path} may be read or changed by others than its owner; close it with: chmod 600 {path}")
