"""A risk service and an open weather service on loopback, with faults on demand."""

import base64
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LOGIN, PASSWORD = "watchroom", "for tests only"
UNITS = {"temperature_2m": "°C", "relative_humidity_2m": "%", "wind_speed_10m": "km/h", "precipitation": "mm"}


@dataclass(frozen=True)
class Fault:
    """Instead of a good answer: a status, a body as it is, or nothing until `release`."""

    status: int = 200
    body: bytes | None = None
    hang: bool = False


@dataclass(frozen=True)
class Call:
    path: str
    query: dict[str, str]
    authorization: str


@dataclass
class FakeRiskService:
    """scores: rows by day, the same for every organisation; a day without any is an empty list. faults: of the next calls; `always`: of
    all when there are none. hour: the weather of each hour is (°C, %, km/h, mm of the hour before)."""

    scores: dict[date, Any] = field(default_factory=dict)
    cameras: list[dict[str, Any]] = field(default_factory=list)
    hour: tuple[Any, Any, Any, Any] = (25.0, 35.0, 15.0, 0.0)
    units: dict[str, str] = field(default_factory=lambda: dict(UNITS))
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None
    calls: list[Call] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @property
    def weather_url(self) -> str:
        return f"{self.url}/v1/forecast"

    def of(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path.startswith(path)]

    def answer(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        fault = self.faults.popleft() if self.faults else self.always
        if fault is not None and fault.hang:
            self.release.wait(30)
        if fault is not None and (fault.body is not None or fault.status != 200):
            return fault.status, fault.body or b'{"detail": "no"}'
        if call.path == "/v1/forecast":
            return 200, json.dumps(self._weather(call.query)).encode()
        if call.authorization != "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode():
            return 401, b'{"detail": "Invalid credentials"}'
        if call.path == "/cameras":
            return 200, json.dumps(self.cameras).encode()
        if call.path.startswith("/scores/"):
            return 200, json.dumps(self.scores.get(date.fromisoformat(call.path[8:]), [])).encode()
        return 404, b'{"detail": "Not Found"}'

    def _weather(self, query: dict[str, str]) -> dict[str, Any]:
        first, last = date.fromisoformat(query["start_date"]), date.fromisoformat(query["end_date"])
        midnight = datetime.fromisoformat(first.isoformat())
        hours = [midnight + timedelta(hours=h) for h in range(((last - first).days + 1) * 24)]
        columns = {name: [value] * len(hours) for name, value in zip(UNITS, self.hour, strict=True)}
        return {"hourly_units": self.units, "hourly": {"time": [at.strftime("%Y-%m-%dT%H:%M") for at in hours], **columns}}


def row(camera_id: int, day: date, fwi: float | None, fwi_class: str | None) -> dict[str, Any]:
    fetched = f"{day.isoformat()}T02:00:07"
    return {"camera_id": camera_id, "date": day.isoformat(), "fwi": fwi, "fwi_class": fwi_class, "fetched_at": fetched}


@contextmanager
def risk_service() -> Iterator[FakeRiskService]:
    fake = FakeRiskService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            told = Call(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), self.headers.get("Authorization", ""))
            status, body = fake.answer(told)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has gone

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="risk-service")
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        fake.release.set()
        server.shutdown()
        server.server_close()  # joins those who answer
        thread.join()
