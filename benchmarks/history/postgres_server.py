"""A PostgreSQL of one's own for a bench or a test: on loopback, in a folder that goes with it, and on no socket that others could find."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def running(durable: bool = True) -> Iterator[str]:
    """Its address, for as long as the block runs. `durable`: commits wait for the disk, as in production.

    Raises EnvironmentFault: `no_postgres`, or it does not start.
    """
    found = programs()
    if found is None:
        raise EnvironmentFault("no_postgres", "PostgreSQL with PostGIS is not installed here (Debian: postgresql-15-postgis-3).")
    folder = Path(tempfile.mkdtemp(prefix="watchroom-pg-"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user)
    try:
        _run(user, [found / "initdb", "-D", folder / "data", "-U", "watchroom", "-A", "trust", "--locale=C", "--encoding=UTF8", "-N"])
        port = _free_port()
        sync = "" if durable else " -c fsync=off -c synchronous_commit=off"
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=256MB{sync}"
        _run(user, [found / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"])
        try:
            yield f"postgresql://watchroom@127.0.0.1:{port}/postgres"
        finally:
            _run(user, [found / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
