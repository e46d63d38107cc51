"""A PostgreSQL of one's own for a bench or a test: on loopback, in a folder that goes with it, and on no socket that others could find."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.model.errors import EnvironmentFault

_DEBIAN = Path("/usr/lib/postgresql")
_WHO = ("postgres", "nobody")  # the server refuses to run as root
_SECONDS = 60


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, of the newest version that has PostGIS; None where there is none."""
    on_path = shutil.which("initdb")
    debian = sorted(_DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True) if _DEBIAN.is_dir() else []
    folders = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").is_file() and _has_postgis(folder)), None)


def _has_postgis(folder: Path) -> bool:
    shares = [Path("/usr/share/postgresql") / folder.parent.name]
    if (folder / "pg_config").is_file():
        told = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
        shares.append(Path(told.stdout.strip() or "/"))
    return any((share / "extension" / "postgis.control").is_file() for share in shares)


class PostgresServer:
    """`start` again is at the same address, with what was committed."""

    def __init__(self, programs: Path, folder: Path, durable: bool) -> None:
        """`folder`: of its own. Raises EnvironmentFault."""
        self._programs, self._folder, self._durable, self._user = programs, folder, durable, _user()
        self._port = free_port()
        if self._user is not None:
            shutil.chown(folder, self._user)

    def create(self) -> None:
        """With nothing in it. Raises EnvironmentFault."""
        options = ("-U", "watchroom", "-A", "trust", "--locale=C", "--encoding=UTF8", "-N")
        _run(self._user, [self._programs / "initdb", "-D", self._data, *options])

    def add_standby(self) -> "PostgresServer":
        """One that runs, and is gone with this one's folder; a commit here waits until it is on its disk, too, from now on. Raises
        EnvironmentFault."""
        folder = self._folder / "standby"
        folder.mkdir()
        standby = PostgresServer(self._programs, folder, self._durable)
        source = ("-h", "127.0.0.1", "-p", str(self._port), "-U", "watchroom")
        _run(self._user, [self._programs / "pg_basebackup", "-D", standby._data, *source, "-X", "stream", "-c", "fast", "-R"])
        standby.start()
        self._sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        return standby

    def take_over(self, gone: "PostgresServer") -> None:
        """In place of the one that it followed, at its address. Raises EnvironmentFault."""
        self._control("promote")
        self._control("-m", "fast", "stop")
        self._port = gone._port
        self.start()

    def _sql(self, *statements: str) -> None:
        words = [word for statement in statements for word in ("-c", statement)]
        _run(self._user, [self._programs / "psql", "-q", "-d", self.url, *words])

    @property
    def _options(self) -> str:
        sync = "" if self._durable else " -c fsync=off -c synchronous_commit=off"
        return f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=256MB{sync}"

    @property
    def url(self) -> str:
        return f"postgresql://watchroom@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Returns when it answers. Raises EnvironmentFault."""
        self._control("-l", self._folder / "log", "-o", self._options, "start")

    def stop(self) -> None:
        self._control("-m", "immediate", "stop")

    @property
    def processes(self) -> list[int]:
        """The server and all that it has begun. Linux."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        return [first, *_children(first)]

    @property
    def is_running(self) -> bool:
        """Linux."""
        file = self._data / "postmaster.pid"
        return file.exists() and _is_alive(int(file.read_text().split()[0]))

    def kill(self) -> None:
        """All its processes, at once; returns when they are gone, as it does not start again before. Linux."""
        processes = self.processes
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(_is_alive(process) for process in processes):
            time.sleep(0.02)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _control(self, *words: str | Path) -> None:
        _run(self._user, [self._programs / "pg_ctl", "-D", self._data, "-w", *words])


def _is_alive(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def _children(parent: int) -> list[int]:
    statuses = ((path, path.read_text().rpartition(")")[2].split()) for path in Path("/proc").glob("[0-9]*/stat") if path.exists())
    return [int(path.parent.name) for path, words in statuses if int(words[1]) == parent]


@contextmanager
def server(durable: bool = True) -> Iterator[PostgresServer]:
    """One that runs when the block begins; it is gone with its folder when the block ends. `durable`: commits wait for the disk, as in
    production.

    Raises EnvironmentFault: `no_postgres`, or it does not start.
    """
    found = programs()
    if found is None:
        raise EnvironmentFault("no_postgres", "PostgreSQL with PostGIS is not installed here (Debian: postgresql-15-postgis-3).")
    folder = Path(tempfile.mkdtemp(prefix="watchroom-pg-"))
    try:
        made = PostgresServer(found, folder, durable)
        made.create()
        made.start()
        try:
            yield made
        finally:
            if made.is_running:
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(durable: bool = True) -> Iterator[str]:
    """The address of one, as `server`."""
    with server(durable) as made:
        yield made.url


def _user() -> str | None:
    """Whom to run it as; None: as whoever runs this."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in _WHO if name in known), None)


def _run(user: str | None, command: list[str | Path]) -> None:
    """With its output in a file: a server would hold a pipe open for as long as it runs."""
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(
            command, user=user, cwd=tempfile.gettempdir(), stdin=subprocess.DEVNULL, stdout=told, stderr=told, timeout=_SECONDS, check=False
        )
        told.seek(0)
        words = told.read().decode(errors="replace")
    if done.returncode:
        raise EnvironmentFault("postgres_failed", f"PostgreSQL could not be used here ({Path(command[0]).name}): {words[-400:].strip()}")


def free_port() -> int:
    """Of this machine, now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
