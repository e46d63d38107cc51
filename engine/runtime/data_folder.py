"""The folder that holds everything one engine remembers, and the lock that keeps a second engine out of it."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.model.ids import is_engine_id, new_engine_id
from engine.recording.files import fault, write_whole

ENGINE_ID = "engine-id"
_OWN_NAMES = ("watchroom.db", "settings.toml", "engine.lock", "secrets.json")
_SUB_FOLDERS = ("journal", "checkpoints", "clips", "segments", "thumbnails", "faces", "media", "logs")


class DataFolder:
    """Made on first use, for its owner only (0700). A folder that already holds somebody else's files keeps its permissions.

    Args:
        path: the folder itself may be missing; the one above it must exist, so that a mistyped path makes nothing.
        parents: make missing folders above it too (for the default place).

    Raises:
        EnvironmentFault: `data_folder_missing`, `data_folder_read_only`.
    """

    def __init__(self, path: Path, *, parents: bool = False) -> None:
        self.path = path.expanduser().absolute()
        self.database = self.path / "watchroom.db"
        self.settings = self.path / "settings.toml"
        self.secrets = self.path / "secrets.json"
        self.journal = self.path / "journal"
        self.checkpoints = self.path / "checkpoints"
        self.clips = self.path / "clips"
        self.thumbnails = self.path / "thumbnails"
        self.faces = self.path / "faces"
        self.media = self.path / "media"
        self.logs = self.path / "logs"
        try:
            self._make(parents)
        except FileNotFoundError:
            message = f"The folder {self.path.parent} does not exist. Create it, or choose another place for the data."
            raise EnvironmentFault("data_folder_missing", message) from None
        except (FileExistsError, NotADirectoryError) as error:
            message = f"{error.filename} is a file where a folder is needed. Choose another place for the data."
            raise EnvironmentFault("data_folder_missing", message) from None
        except OSError as error:
            raise self._read_only(error) from None

    def __repr__(self) -> str:
        return f"DataFolder({str(self.path)!r})"

    @property
    def was_used(self) -> bool:
        """An engine has watched from here: it left a log of observations, or what was signed of the audit."""
        left = (*self.journal.iterdir(), *self.checkpoints.iterdir())
        return bool(left) or (self.path / "audit-heads.jsonl").exists()

    def engine_id(self) -> str:
        """What ids made by the engine of this folder carry. Made here where there is none yet; a lost one is replaced by another. In no
        backup: a record that is restored elsewhere goes on under another id. Raises EnvironmentFault."""
        file = self.path / ENGINE_ID
        try:
            known = file.read_text("ascii", "replace").strip() if file.exists() else ""
            if is_engine_id(known):
                return known
            made = new_engine_id()
            write_whole(file, made.encode("ascii"))
        except OSError as error:
            raise fault(error, f"The file {file.name} of the data folder cannot be used") from error
        return made

    @contextmanager
    def lock(self) -> Generator[None]:
        """Hold the folder for this process. Ends with the process too, however that ends.

        Raises:
            EnvironmentFault: `in_use`, with the process id of the engine that holds it.
        """
        path = self.path / "engine.lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._read_only(error) from None
        try:
            if not _take(handle):
                raise self._in_use(_read_pid(handle))
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode("ascii"))
            yield
        finally:
            os.close(handle)

    def _make(self, parents: bool) -> None:
        tighten = not self.path.exists() or self._is_ours()
        self.path.mkdir(mode=0o700, parents=parents, exist_ok=True)
        for name in _SUB_FOLDERS:
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
        if tighten:
            self.path.chmod(0o700)
        self._try_writing()

    def _is_ours(self) -> bool:
        """Empty, or made by an engine before."""
        names = {beside.name for beside in self.path.iterdir()}
        return not names or not names.isdisjoint(_OWN_NAMES)

    def _try_writing(self) -> None:
        probe = self.path / f".probe.{os.getpid()}"
        probe.touch(0o600)
        probe.unlink()

    def _read_only(self, error: OSError) -> EnvironmentFault:
        message = f"The data folder {self.path} cannot be written ({error.strerror}). Make it writable for this account, or choose another."
        return EnvironmentFault("data_folder_read_only", message)

    def _in_use(self, pid: str) -> EnvironmentFault:
        who = f"process {pid}" if pid else "another process"
        message = f"The data folder {self.path} is in use by another Watchroom engine ({who}). Stop that one, or choose another folder."
        return EnvironmentFault("in_use", message)


def made_for_owner(path: Path) -> Path:
    """A folder that is no site's, for its owner only (0700), made where it is missing. Raises EnvironmentFault (`data_folder_missing`)."""
    folder = path.expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made ({error.strerror}). Choose another place for it."
        raise EnvironmentFault("data_folder_missing", message) from None
    return folder


def _read_pid(handle: int) -> str:
    text = os.pread(handle, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
    return text if text.isdigit() else ""


if sys.platform == "win32":
    import msvcrt

    _LOCKED_AT = 1 << 30  # Windows keeps others from reading what is locked, so lock a byte far behind the process id

    def _take(handle: int) -> bool:
        os.lseek(handle, _LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
