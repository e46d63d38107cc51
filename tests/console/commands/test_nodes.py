"""`watchroom nodes simulate`, as a person or a script runs it: in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve

from engine.sources.simulated.waves.radio import CELL_S
from tests.fakes.waiting import until


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "console", "nodes", "simulate", *arguments], capture_output=True, text=True, check=False)


@contextmanager
def server(answer: str) -> Iterator[tuple[str, list[str | bytes]]]:
    """A node socket that answers every hello with this text, and what it heard."""
    heard: list[str | bytes] = []

    def script(socket: ServerConnection) -> None:
        heard.append(socket.recv())
        socket.send(answer)
        heard.extend(socket)

    with serve(script, "127.0.0.1", 0) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{listening.socket.getsockname()[1]}/ws/node", heard
        listening.shutdown()
        thread.join()


def test_it_prints_one_line_and_writes_the_truth(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    with server('{"type":"role","role":"tx_rx"}') as (url, heard):
        done = simulate("--url", url, "--nodes", "2", "--walkers", "1", "--duration", "1", "--space", "4x4x2.5", "--truth", str(truth))
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    summary = json.loads(line)
    assert summary["frames_sent"] == sum(isinstance(message, bytes) for message in heard) > 30
    assert summary["rejects"] == summary["updates"] == []
    head, *rows = truth.read_text().splitlines()
    times = [int(row.split(",")[0]) for row in rows]
    assert head.startswith("timestamp_ms,walker_id") and times == sorted(set(times)) and set(times) <= set(range(50, 1_050, 50))
    assert len(times) == 20 - round(summary["skipped_s"] / CELL_S) > 3, "less what a busy machine was late for, which it says"


def test_a_rejection_fails_and_says_why() -> None:
    with server('{"type":"reject","reason":"invalid_token"}') as (url, _):
        done = simulate("--url", url, "--token", "00", "--duration", "30")
    assert done.returncode == 1
    assert "rejected: invalid_token" in done.stderr
    assert json.loads(done.stdout)["rejects"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--space", "5x5"), "space"),
        (("--nodes", "0"), "nodes"),
        (("--scenario", "fall", "--walkers", "0"), "walkers"),
        (("--url", "http://127.0.0.1/"), "url"),
        (("--stillness", "-1"), "stillness"),
    ],
)
def test_bad_input_names_the_field(arguments: tuple[str, ...], field: str) -> None:
    done = simulate("--duration", "1", *arguments)
    assert done.returncode == 2
    assert field in done.stderr
    assert done.stdout == ""


def test_it_stops_when_told_to() -> None:
    with server('{"type":"role","role":"tx_rx"}') as (url, heard):
        command = [sys.executable, "-m", "console", "nodes", "simulate", "--url", url, "--nodes", "2", "--duration", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        until(lambda: any(isinstance(message, bytes) for message in heard), "frames came")
        os.kill(process.pid, signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["frames_sent"] > 0
