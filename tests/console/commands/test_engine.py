"""`watchroom engine`, as a script meets it: in a process of its own."""

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from console.commands.engine import LOOK_S, added_cameras, camera_id, wait_for
from engine.model.errors import InputError
from engine.model.settings import Settings
from engine.model.time import SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.keeping.backups import Backups
from engine.runtime.recorder.record import Record
from engine.runtime.settings.site_settings import FixedSettings
from engine.runtime.supervisor import ErrorBook
from engine.vision.tracking import Tracker
from tests.engine.store import records
from tests.fakes.media import write_mp4
from tests.fakes.ports import NO_TROUBLE
from tests.fakes.refusals import Warm, warm
from tests.fakes.waiting import until

LONGEST_S = 60


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "console", "engine", *(str(argument) for argument in arguments)]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "WATCHROOM_MODELS": str(folder / "no-models")}


Refused = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm("console.commands.engine", tmp_path_factory.mktemp("refused")) as engines:
        yield engines


@pytest.fixture
def refused(engines: Warm, tmp_path: Path) -> Refused:
    return partial(refusal, engines, tmp_path)


def refusal(engines: Warm, tmp_path: Path, *arguments: object) -> tuple[int, str]:
    """Exit code and the one line on stderr of an engine that must not start."""
    done = engines.run("engine", "--data", tmp_path / "data", "--bind", "127.0.0.1:0", "--for", "5", *arguments)
    assert done.stdout == "" and "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


@contextmanager
def serving(tmp_path: Path, *arguments: object) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A running engine and what it said when it was ready."""
    given = command("--data", tmp_path / "data", "--bind", "127.0.0.1:0", "--token-file", tmp_path / "token", *arguments)
    process = subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(tmp_path))
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate(timeout=LONGEST_S)[1]
        yield process, json.loads(line)
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> str:
    """Wait for the end in order. Gives stderr."""
    out, errors = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0 and out == "", errors
    return errors


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = [np.full((90, 160, 4), 10 * index, np.uint8) for index in range(10)]
    return write_mp4(tmp_path_factory.mktemp("video") / "grey.mp4", pictures)


@pytest.mark.parametrize("seconds", [None, 60.0])
def test_it_never_waits_for_long_without_hearing_signals(seconds: float | None):
    """One that comes in the moment before a wait is heard after it only: an engine at rest did not end until it was asked again."""

    waited: list[float | None] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            return len(waited) == 3

    wait_for(Stop(), seconds)
    assert len(waited) == 3 and all(each is not None and each <= LOOK_S for each in waited)


def test_it_waits_for_as_long_as_it_is_told():
    began_s = time.monotonic()
    wait_for(threading.Event(), 0.05)
    assert time.monotonic() - began_s >= 0.05


def test_it_serves_and_ends_on_sigterm(tmp_path: Path, video: Path):
    token_file = tmp_path / "token"
    with serving(tmp_path, "--camera", f"Front door={video}", "--pairing", "closed", "--verbose") as (process, ready):
        assert set(ready) == {"ready", "http"} and ready["ready"] is True
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", ready["http"])
        assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
        token = token_file.read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{ready['http']}/api/v1/session", headers=headers, trust_env=False, timeout=60).json()["role"] == "operator"
        (camera,) = httpx.get(f"{ready['http']}/api/v1/cameras", headers=headers, trust_env=False, timeout=60).json()
        assert (camera["id"], camera["name"]) == ("front-door", "Front door")
        process.send_signal(signal.SIGTERM)
        errors = ended(process)
    assert "first set-up is" in errors and token not in errors and "/api/v1/cameras" not in errors


def test_the_token_of_the_run_before_is_revoked_and_cameras_stay(tmp_path: Path, refused: Refused, video: Path):
    with serving(tmp_path, "--camera", f"Door={video}", "--for", "0.1") as (process, _):
        ended(process)
    before = (tmp_path / "token").read_text().strip()
    with serving(tmp_path, "--pairing", "open") as (process, ready):
        now = (tmp_path / "token").read_text().strip()
        statuses = [
            httpx.get(f"{ready['http']}/api/v1/cameras", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60)
            for token in (before, now)
        ]
        assert [answer.status_code for answer in statuses] == [401, 200]
        assert [camera["name"] for camera in statuses[1].json()] == ["Door"]
        code, message = refused()
        assert code == 3 and "in use by another Watchroom engine" in message and str(process.pid) in message
        process.send_signal(signal.SIGINT)
        ended(process)


def test_a_taken_port(tmp_path: Path, refused: Refused):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, message = refused("--bind", f"127.0.0.1:{taken.getsockname()[1]}")
    assert code == 3 and "taken by another program" in message and "--bind" in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--bind", "0.0.0.0:0"), ("bind", "--insecure")),
        (("--bind", "nonsense"), ("bind", "HOST:PORT")),
        (("--certificate", "/no/such.pem"), ("certificate", "/no/such.pem")),
        (("--camera", "no equals sign"), ("camera", "NAME=URL")),
        (("--camera", "Door=gopher://host/"), ("camera", "gopher")),
        (("--camera", f"{'Door ' * 30}=rtsp://192.0.2.1/"), ("camera", "longer than 100")),
        (("--for", "nan"), ("for",)),
        (("--for", "-1"), ("for",)),
        (("--for", "soon"), ("--for",)),
        (("--pairing", "ajar"), ("--pairing",)),
    ],
)
def test_bad_arguments_name_the_field(tmp_path: Path, refused: Refused, arguments: tuple[str, ...], words: tuple[str, ...]):
    code, message = refused(*arguments)
    assert code == 2 and all(word in message for word in words), message


def test_a_broken_settings_file_names_line_and_field(tmp_path: Path, refused: Refused):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.toml").write_text('site_name = "x"\n\n[gates]\nmin_confidence = 7\n')
    code, message = refused()
    assert code == 2 and "min_confidence" in message and "4" in message
    (tmp_path / "data" / "settings.toml").write_text('site_name = "x"\nsite_name = \n')
    code, message = refused()
    assert code == 2 and "line 2" in message


def test_folders_that_cannot_be_used(tmp_path: Path, refused: Refused):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "absent" / "data", tmp_path / "file", Path("/proc/watchroom")):
        code, message = refused("--data", folder)
        assert code == 3 and str(folder.parent) in message, message


def test_a_token_file_that_cannot_be_written(tmp_path: Path, refused: Refused):
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "absent" / "token", tmp_path / "folder"):
        code, message = refused("--token-file", place)
        assert code == 3 and str(place) in message
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_token_file_is_not_written_through_a_link(tmp_path: Path):
    precious = tmp_path / "precious"
    precious.write_text("keep")
    (tmp_path / "token").symlink_to(precious)
    with serving(tmp_path, "--for", "0.1") as (process, _):
        ended(process)
    assert precious.read_text() == "keep" and not (tmp_path / "token").is_symlink()


def test_cameras_get_ids_of_their_names():
    assert [camera_id(name) for name in ("Front door", "  Tür 2 ", "大门", "後門", "a/../b", "…")] == [
        "front-door",
        "tür-2",
        "大门",
        "後門",
        "a-b",
        "camera",
    ]


@pytest.mark.parametrize(
    "given",
    [["x"], ["=rtsp://h/"], ["x="], [" = "], ["Door=a.mp4", "door=b.mp4"], ["Door=gopher://user:secret@h/"], ["rtsp://user:secret@h"]],
)
def test_bad_cameras_are_refused_without_showing_logins(given: list[str]):
    with pytest.raises(InputError) as error:
        added_cameras(given, demo=False)
    assert error.value.field == "camera" and "secret" not in str(error.value)


def test_logins_are_taken_out_of_addresses():
    added = added_cameras(["Door=rtsp://root:secret@192.0.2.1/s"], demo=False)
    assert added.cameras[0].url == "rtsp://192.0.2.1/s" and added.credentials[0][1].password == "secret"
    assert len(added_cameras([], demo=True).cameras) == 4


def with_events_and_a_copy(folder: Path) -> DataFolder:
    data, clock = DataFolder(folder), SystemClock()
    record = Record(data, clock, lambda: Pipeline(Tracker), NO_TROUBLE)
    record.store.save([records.event(number) for number in range(3_000)])
    Backups(data, clock, FixedSettings(Settings()), record.writer, Jobs(ErrorBook(clock), clock), NO_TROUBLE).make(True, lambda: None)
    record.close()
    return data


def garble(database: Path) -> None:
    """As a disk does that loses bits in silence: all of the first table of events."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        pages = [row[0] for row in connection.execute("SELECT pageno FROM dbstat WHERE name = 'events'")]
    with database.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(bytes(4096))


def test_a_record_that_is_found_to_be_damaged_is_put_together_again_by_itself(tmp_path: Path):
    data = with_events_and_a_copy(tmp_path / "data")
    with serving(tmp_path) as (process, ready):

        def asked(url: str) -> httpx.Response:
            token = (tmp_path / "token").read_text().strip()
            return httpx.get(f"{url}/api/v1/events?limit=500", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30)

        assert asked(ready["http"]).status_code == 200
        garble(data.database)
        until(lambda: asked(ready["http"]).status_code != 200, "somebody meets it")
        assert process.stdout is not None
        again = json.loads(process.stdout.readline())
        assert again["ready"] is True and len(asked(again["http"]).json()["events"]) == 500
        process.send_signal(signal.SIGTERM)
        errors = ended(process)
    assert "starting anew" in errors and len(list((data.path / "damaged").iterdir())) == 1
