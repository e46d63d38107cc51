"""Many people reporting at once, as a process of its own; and somebody who asks meanwhile, as another.

Run as a module: what to do as JSON on stdin (a token is among it), `ready` on stdout when it begins, one JSON line when it is done.
"""

import http.client
import json
import queue
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, to_iso

READY = "ready\n"
AT_A_PLACE = 5  # reporters of each occurrence
TWICE = 20  # each twentieth report is sent twice with the same key, as by a client that missed its answer
TRIES = 50
PAUSE_S = 0.5
TIMEOUT_S = 30.0
ASK_S = 0.1
START_S = 60.0
_SNAPSHOT = "/api/v1/port/snapshot"


@dataclass(frozen=True, slots=True)
class Storm:
    """`reports` within `seconds` over so many connections; each `AT_A_PLACE` of them are of one occurrence at `occurred_ns`."""

    url: str
    token: str = field(repr=False)
    reports: int = 10_000
    seconds: float = 60.0
    connections: int = 50
    seed: int = 1
    occurred_ns: int = 0


@dataclass(slots=True)
class Sent:
    """Attributes:
    acknowledged: (report, id of the report, of its incident) of each answer that took it, also of those sent twice.
    statuses: how often each status came. answer_ms: of answers that took a report, from sending to the whole answer.
    late_ms: how far behind its plan the newest was sent, at most. again: attempts that were refused for a while, or broken off.
    """

    acknowledged: list[tuple[int, str, str]] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    answer_ms: list[float] = field(default_factory=list)
    late_ms: float = 0.0
    again: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Asked:
    """How long each question took that was asked every `ASK_S`, in ms; failed: how many had no answer."""

    snapshot_ms: list[float] = field(default_factory=list)
    events_ms: list[float] = field(default_factory=list)
    incidents_ms: list[float] = field(default_factory=list)
    failed: int = 0


class Process:
    """One of the two. Raises EnvironmentFault where it fails."""

    def __init__(self, work: str, told: Storm) -> None:
        command = [sys.executable, "-m", "benchmarks.incidents.storm_load", work]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(told)) + "\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != READY:
            raise EnvironmentFault("bench", "The process that reports did not start; see its message above.")

    def result(self, seconds: float) -> dict[str, Any]:
        """Its figures, once it is done; who asks stops at this."""
        out, _ = self._process.communicate(timeout=seconds + START_S)
        if self._process.returncode:
            raise EnvironmentFault("bench", "The process that reports failed; see its message above.")
        return json.loads(out)


def body(storm: Storm, number: int) -> bytes:
    """The report of a number: one of those of its place, by its own reporter, within two minutes and twenty metres."""
    place, who = divmod(number, AT_A_PLACE)
    said = {
        "incident_type": "disturbance",
        "description": f"People are fighting in the street, says witness {number}",
        "latitude": round(50.0 + 0.01 * (place // 100) + 0.00003 * who, 6),
        "longitude": round(10.0 + 0.01 * (place % 100), 6),
        "occurred_at": to_iso(storm.occurred_ns + 20 * who * SECOND),
        "severity": 1 + number % 5,
        "reporter_id": f"witness-{number}",
    }
    return json.dumps(said).encode()


def plan(storm: Storm) -> list[tuple[float, int]]:
    """When (s) which report is sent, in a random order; some twice."""
    chance = random.Random(storm.seed)
    order = list(range(storm.reports))
    chance.shuffle(order)
    planned = [(storm.seconds * index / storm.reports, number) for index, number in enumerate(order)]
    planned += [(at_s + 0.002, number) for at_s, number in planned[::TWICE]]
    return sorted(planned)


class _Sender:
    """One connection. Its own thread."""

    def __init__(self, storm: Storm, began_s: float) -> None:
        self._storm = storm
        self._began_s = began_s
        self._link = _link(storm)
        self.sent = Sent()

    def run(self, waiting: "queue.SimpleQueue[tuple[float, int]]") -> None:
        while True:
            try:
                at_s, number = waiting.get_nowait()
            except queue.Empty:
                self._link.close()
                return
            time.sleep(max(0.0, self._began_s + at_s - time.perf_counter()))
            self.sent.late_ms = max(self.sent.late_ms, 1000 * (time.perf_counter() - self._began_s - at_s))
            self._send(number)

    def _send(self, number: int) -> None:
        """Until it is taken: what was refused for a while, or not answered, is sent again with the same key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"storm-{number}", **_token(self._storm)}
        content = body(self._storm, number)
        for _ in range(TRIES):
            began_s = time.perf_counter()
            try:
                status, answer = _exchange(self._link, "POST", "/api/v1/incidents", content, headers)
            except (OSError, http.client.HTTPException):
                self.sent.again += 1
                self._link.close()
                continue
            self.sent.statuses[str(status)] = self.sent.statuses.get(str(status), 0) + 1
            if status in (200, 201):
                self.sent.answer_ms.append(1000 * (time.perf_counter() - began_s))
                told = json.loads(answer)
                self.sent.acknowledged.append((number, told["report_id"], told["id"]))
                return
            if status not in (429, 503):
                return
            self.sent.again += 1
            time.sleep(PAUSE_S)


def report(storm: Storm) -> Sent:
    """Send all; returns when the last one is answered."""
    waiting: queue.SimpleQueue[tuple[float, int]] = queue.SimpleQueue()
    for planned in plan(storm):
        waiting.put(planned)
    began_s = time.perf_counter()
    senders = [_Sender(storm, began_s) for _ in range(storm.connections)]
    threads = [threading.Thread(target=sender.run, args=(waiting,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Sent(seconds=time.perf_counter() - began_s)
    for sender in senders:
        whole.acknowledged += sender.sent.acknowledged
        whole.statuses = dict(Counter(whole.statuses) + Counter(sender.sent.statuses))
        whole.answer_ms += sender.sent.answer_ms
        whole.late_ms = max(whole.late_ms, sender.sent.late_ms)
        whole.again += sender.sent.again
    return whole


def ask(storm: Storm, stopping: Callable[[], bool]) -> Asked:
    """As a console elsewhere does (`RemotePort`), until told to stop: a snapshot is asked for with the mark of the one before."""
    asked, link, mark = Asked(), _link(storm), ""
    headers = {"Content-Type": "application/json", **_token(storm)}
    questions = (
        ("POST", "/api/v1/port/ask", json.dumps({"type": "ListEvents", "limit": 100}).encode(), asked.events_ms),
        ("POST", "/api/v1/port/ask", json.dumps({"type": "ListIncidents", "limit": 20}).encode(), asked.incidents_ms),
        ("GET", _SNAPSHOT, b"", asked.snapshot_ms),
    )
    while not stopping():
        for method, path, content, took_ms in questions:
            began_s = time.perf_counter()
            try:
                status, answer = _exchange(link, method, f"{path}?mark={mark}" if path == _SNAPSHOT else path, content, headers)
            except (OSError, http.client.HTTPException):
                link.close()
                status, answer = 0, b""
            if status == 200:
                took_ms.append(1000 * (time.perf_counter() - began_s))
            else:
                asked.failed += 1
            if status == 200 and path == _SNAPSHOT:
                mark = str(json.loads(answer)["mark"])
            time.sleep(ASK_S)
    link.close()
    return asked


def _link(storm: Storm) -> http.client.HTTPConnection:
    place = urlsplit(storm.url)
    assert place.hostname is not None
    return http.client.HTTPConnection(place.hostname, place.port, timeout=TIMEOUT_S)


def _token(storm: Storm) -> dict[str, str]:
    return {"Authorization": f"Bearer {storm.token}"}


def _exchange(link: http.client.HTTPConnection, method: str, path: str, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    link.request(method, path, content or None, headers)
    answer = link.getresponse()
    return answer.status, answer.read()


def main(work: str) -> None:
    storm = Storm(**json.loads(sys.stdin.readline()))
    print(READY, end="", flush=True)
    if work == "report":
        print(json.dumps(asdict(report(storm))))
        return
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    print(json.dumps(asdict(ask(storm, ended.is_set))))


if __name__ == "__main__":
    main(sys.argv[1])
