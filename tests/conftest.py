"""What every test gets: the folder of shared data, no leaked threads, and on request an environment without Qt."""

import importlib.abc
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

os.environ["LANGUAGE"] = "en"  # whatever the machine speaks
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # secrets of tests are none of whoever runs them
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does; arrays are small, and threads for them only cost time

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
POOLED = ("ThreadPoolExecutor", "asyncio_", "AnyIO worker thread")  # end with their pool, which a wider fixture may keep
QT = ("PySide6", "shiboken6", "pyqtgraph", "OpenGL")


class WithoutQt(importlib.abc.MetaPathFinder):
    """Makes every import of Qt fail, as on a machine that does not have it."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] in QT:
            raise ModuleNotFoundError(f"{fullname} is not there in this run: the engine must not need Qt", name=fullname)


if os.environ.get("WATCHROOM_WITHOUT_QT"):
    sys.meta_path.insert(0, WithoutQt())


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """A password costs next to nothing in these processes; what it costs those who guess is tested where accounts are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.runtime.access.passwords.PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def data_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Models and sites of whoever runs the tests play no part in them, nor are they touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("share")))
        yield


@pytest.fixture(scope="session", autouse=True)
def new_records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new record in these processes is a copy of one; how the migrations come to it is tested where the store is."""
    from tests.fakes.new_records import MadeOnce  # only now: it imports the engine, and so numpy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.store.store.migrate", MadeOnce(tmp_path_factory.mktemp("new-records")))
        yield


@pytest.fixture(scope="session", autouse=True)
def new_servers() -> Iterator[None]:
    """A new PostgreSQL in these processes is a copy of one."""
    from tests.fakes.postgres import ServersMadeOnce  # only now: it imports SQLAlchemy

    with pytest.MonkeyPatch.context() as patch, ExitStack() as ends:
        made_once = ServersMadeOnce(ends)
        patch.setattr("benchmarks.history.postgres_server.PostgresServer.create", lambda server: made_once.create(server))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """What one record asks in SQL, the next one of these processes need not compile again."""
    from tests.fakes.compiled_once import sharing_engine  # only now: it imports SQLAlchemy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.store.database.connection.create_engine", sharing_engine)
        yield


@pytest.fixture(scope="session", autouse=True)
def authorities_read_once() -> Iterator[None]:
    """Each client of HTTP would read the public authorities anew, which takes longer than most requests to an engine on this machine."""
    from httpx._transports import default  # only now: it takes a while to load

    with_authorities, other = cache(default.create_ssl_context), default.create_ssl_context

    def known(verify: Any = True, **given: Any) -> Any:
        return with_authorities(verify=True, **given) if verify is True else other(verify=verify, **given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "create_ssl_context", known)
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_clients() -> Iterator[None]:
    """Clients of tests wait as long as a busy machine needs, also for the first answer, where a test says nothing else."""
    from websockets.sync.client import connect  # only now: not every group of tests has a network

    with pytest.MonkeyPatch.context() as patch:
        for waiting in ("connect", "read", "write", "pool"):
            patch.setattr(f"httpx._config.DEFAULT_TIMEOUT_CONFIG.{waiting}", 60.0)
        patch.setitem(connect.__kwdefaults__, "open_timeout", 60.0)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data, models and captures beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("The folder `shared` with test data is not beside this checkout.")
    return folder


def _foreign(thread: threading.Thread) -> bool:
    """Of a pool that is kept; or a library's own thread that once called into Python, which stays listed and cannot be joined."""
    return thread.name.startswith(POOLED) or isinstance(thread, threading._DummyThread)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """A test that leaves a thread running has failed."""
    before = set(threading.enumerate())
    yield
    leaked = [t for t in threading.enumerate() if t not in before and t.is_alive() and not _foreign(t)]
    for thread in leaked:
        thread.join(timeout=20.0)
    still = [f"{thread.name} at\n{_place(thread)}" for thread in leaked if thread.is_alive()]
    assert not still, "threads left running: " + "\n".join(still)


def _place(thread: threading.Thread) -> str:
    """Where it is at the moment."""
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame)) if frame is not None else "no frame of Python's"
