"""Two consoles, a hub and one site, each a process of its own: how long an acknowledgement takes through the hub, and until the other
console shows who has the alert. NATS and PostgreSQL are real, and commits wait for the disk."""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.history.postgres_server import running
from benchmarks.packet_feed import ChildProcess
from benchmarks.report import Case, at_most, case
from benchmarks.sites.nats_server import running_nats
from engine.gateway.hub.enrolment import new_code
from engine.gateway.hub.joining import join
from engine.gateway.hub.site_grants import hub_accounts
from engine.gateway.remote.hub import RemoteHub
from engine.gateway.remote.port import RemotePort
from engine.model.accounts.access import Role
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.commands import ChangeAlert
from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.event import Severity
from engine.model.incidents.filing import FileReport
from engine.model.incidents.incident import IncidentCategory
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.storage.upgrading import open_beside
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord

ACKNOWLEDGED_MS, SEEN_MS = 300.0, 1_000.0
KEY, PASSWORD, NAMES = "north", "one hub and two screens", ("Ana", "Ben")
_LONGEST_S, _LOOK_S = 60.0, 0.002


def run(alerts: int) -> dict[str, Any]:
    """`alerts`: how many are raised and acknowledged, by either console in turn. Raises EnvironmentFault."""
    with tempfile.TemporaryDirectory() as folder, _two_consoles(Path(folder)) as consoles:
        taken = [_taken(consoles, number) for number in range(alerts)]
    cases = [_spread("acknowledged through the hub", [each[0] for each in taken])]
    cases.append(_spread("owner seen at the other console", [each[1] for each in taken]))
    acknowledged, seen = (each["metrics"]["p95_ms"] for each in cases)
    targets = [at_most("acknowledged_p95_ms", ACKNOWLEDGED_MS, acknowledged), at_most("seen_p95_ms", SEEN_MS, seen)]
    return {"bench": "hub_alerts", "cases": cases, "targets": targets}


def _spread(name: str, took_ms: list[float]) -> Case:
    cuts = statistics.quantiles(took_ms, n=20)
    figures = {"p50_ms": cuts[9], "p95_ms": cuts[18], "worst_ms": max(took_ms)}
    return case(name, {"alerts": len(took_ms)}, {metric: round(figure, 1) for metric, figure in figures.items()})


def _taken(consoles: tuple[RemotePort, RemotePort], number: int) -> tuple[float, float]:
    """Milliseconds from the command until it is answered, and until the other console shows an owner."""
    own, other = consoles if number % 2 else consoles[::-1]
    place = -60.0 + number * 0.5  # far from all before
    incident = own.command(FileReport(IncidentCategory.VIOLENCE, "A report of a bench.", place, 20.0, severity=Severity.CRITICAL))
    alert_id = _alert(own, incident).id
    _alert(other, incident)
    seen_s: list[float] = []
    looking = threading.Thread(target=lambda: seen_s.append(_seen_s(other, alert_id)))
    looking.start()
    began_s = time.perf_counter()
    own.command(ChangeAlert((alert_id,), AlertState.ACKNOWLEDGED))
    answered_s = time.perf_counter()
    looking.join()
    return (answered_s - began_s) * 1_000, (seen_s[0] - began_s) * 1_000


def _alert(port: RemotePort, incident: str) -> Alert:
    found: list[Alert] = []

    def there() -> bool:
        found[:] = [each for each in port.snapshot().alerts.alerts if each.incident_id == incident]
        return bool(found)

    _wait(there)
    return found[0]


def _seen_s(port: RemotePort, alert_id: str) -> float:
    """When this console shows who has it."""
    _wait(lambda: any(each.id == alert_id and each.assignee for each in port.snapshot().alerts.alerts))
    return time.perf_counter()


def _wait(holds: Callable[[], bool]) -> None:
    until_s = time.perf_counter() + _LONGEST_S
    while not holds():
        if time.perf_counter() > until_s:
            raise EnvironmentFault("not_reached", "The site of this bench was not reached.")
        time.sleep(_LOOK_S)


@contextmanager
def _two_consoles(folder: Path) -> Iterator[tuple[RemotePort, RemotePort]]:
    with ExitStack() as stack:
        url = _new_database(stack.enter_context(running()))
        record = SharedRecord(url)
        stack.callback(record.close)
        hub = _hub(folder / "hub", url, record, stack)
        _site(folder / "site", record, hub, stack)
        visits = [RemoteHub(hub).sign_in(name, PASSWORD) for name in NAMES]
        for visit in visits:
            stack.callback(visit.close)
        ports: list[RemotePort] = []

        def entered() -> bool:
            try:
                ports.append(visits[len(ports)].enter(KEY))
            except (EnvironmentFault, NotSignedIn):
                time.sleep(0.2)
            return len(ports) == len(visits)

        _wait(entered)
        for port in ports:
            stack.callback(port.close)
        yield ports[0], ports[1]


def _new_database(server: str) -> str:
    engine = postgres_engine(server, reading=True)
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE hub"))
    engine.dispose()
    return server.replace("/postgres", "/hub")


def _hub(folder: Path, database: str, record: SharedRecord, stack: ExitStack) -> str:
    """Its address."""
    folder.mkdir()
    settings = HubKeys.in_folder(folder).server_settings(SystemClock().now_ns())
    nats = stack.enter_context(running_nats(folder / "nats", settings))
    accounts = hub_accounts(record, SystemClock())
    for name in NAMES:
        accounts.create_user(name, Role.OPERATOR, PASSWORD)
    command = [sys.executable, "-m", "console", "hub", "run", "--data", str(folder), "--nats", nats.url, "--bind", "127.0.0.1:0"]
    process = ChildProcess([*command, "--postgres", database], dict(os.environ))
    stack.callback(process.end)
    return str(json.loads(process.line)["http"])


def _site(folder: Path, record: SharedRecord, hub: str, stack: ExitStack) -> None:
    """With an engine that has joined."""
    command = [sys.executable, "-m", "console", "engine", "--data", str(folder), "--bind", "127.0.0.1:0"]
    process = ChildProcess(command, {**os.environ, "WATCHROOM_MODELS": str(folder.parent / "models")})
    stack.callback(process.end)
    store = open_beside(DataFolder(folder), SystemClock())
    try:
        join(folder, store, hub, new_code(record, SystemClock(), KEY, "North"))
    finally:
        store.close()
