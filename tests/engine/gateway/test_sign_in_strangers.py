"""Real sockets of a real engine: somebody who guesses from one address closes the door to themselves alone; a full disk to nobody."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from engine.model.accounts.commands import ConfirmPassword
from engine.model.time import SystemClock
from engine.model.wire import to_plain
from engine.runtime.access.lockout import FIRST_LOCK_S
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor
from engine.vision.models import ModelStore
from tests.fakes.engine_process import ForkedEngine

NAME, PASSWORD, WRONG = "ada", "correct horse battery", "not the right one"
OFFICE, STRANGER, THIRD = "127.0.0.1", "127.0.0.2", "127.0.0.3"


def set_up(folder: Path) -> None:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"))
        engine.start()
        LocalDoor(engine).set_up("Harbour", NAME, PASSWORD)
        engine.stop()


def sign_in(engine: ForkedEngine, password: str, address: str) -> httpx.Response:
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(base_url=engine.url, transport=transport, timeout=60, trust_env=False) as client:
        return client.post("/api/v1/session", json={"name": NAME, "password": password})


def closed(engine: ForkedEngine, password: str, address: str) -> bool:
    """Not let in, and told to wait."""
    answer = sign_in(engine, password, address)
    assert answer.status_code == 401, answer.text
    return "retry-after" in answer.headers


def unlock(engine: ForkedEngine, token: str) -> httpx.Response:
    body = to_plain(ConfirmPassword(PASSWORD), tagged=True)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{engine.url}/api/v1/port/command", json=body, headers=headers, timeout=60, trust_env=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory. Only where this account may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this account may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """To the last byte."""
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab", buffering=0) as file:
        for size in (64 << 10, 512, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def test_a_stranger_who_guesses_locks_out_nobody_else_also_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    set_up(folder)
    engine = ForkedEngine(folder)
    try:
        token = sign_in(engine, PASSWORD, OFFICE).json()["token"]
        guessing_s = time.monotonic()
        assert [closed(engine, WRONG, STRANGER) for _ in range(5)] == [False, False, False, False, True]
        assert closed(engine, PASSWORD, STRANGER)
        assert unlock(engine, token).status_code == 200, "the console of somebody who is signed in opens"
        assert sign_in(engine, PASSWORD, THIRD).status_code == 200
        assert unlock(engine, sign_in(engine, PASSWORD, OFFICE).json()["token"]).status_code == 200
    finally:
        engine.kill()
    engine = ForkedEngine(folder)
    try:
        answer = sign_in(engine, PASSWORD, STRANGER)
        if time.monotonic() < guessing_s + FIRST_LOCK_S:  # else the start took longer than the door stays closed
            assert answer.status_code == 401 and "retry-after" in answer.headers
        assert sign_in(engine, PASSWORD, OFFICE).status_code == 200
    finally:
        engine.kill()


def test_on_a_full_disk_known_passwords_get_in_and_guessing_is_counted(disk: Path) -> None:
    folder = disk / "site"
    set_up(folder)
    engine = ForkedEngine(folder)
    try:
        token = sign_in(engine, PASSWORD, OFFICE).json()["token"]
        fill(disk / "ballast")
        entered = sign_in(engine, PASSWORD, OFFICE)
        assert entered.status_code == 200, entered.text
        headers = {"Authorization": f"Bearer {entered.json()['token']}"}
        assert httpx.get(f"{engine.url}/api/v1/snapshot", headers=headers, timeout=60, trust_env=False).status_code == 200
        assert unlock(engine, token).status_code == 200, "the console opens too"
        assert [closed(engine, WRONG, STRANGER) for _ in range(5)] == [False, False, False, False, True]
        assert closed(engine, PASSWORD, STRANGER)
        fill(disk / "ballast")
    finally:
        engine.kill()
