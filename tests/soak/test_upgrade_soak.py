"""A hub, a site and a console of the version before, upgraded one after another while the site records: the hub first, then the site.

`WATCHROOM_BEFORE` names a checkout of that version with its radio kernels built; it runs in this Python. Figures are printed, and kept as
`upgrade.json`.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from benchmarks.history.postgres_server import free_port, programs, server
from engine import __version__
from engine.gateway.remote.hub import RemoteHub
from engine.gateway.remote.port import RemotePort
from engine.model.alerts.alert import Alert, AlertState, IntentState
from engine.model.alerts.commands import ChangeAlert, NoteAlert
from engine.model.command_terms import CommandTerms
from engine.model.event import Severity
from engine.model.incidents.filing import FileReport
from engine.model.incidents.incident import IncidentCategory
from engine.model.question import ListAlerts, ListEvents
from engine.store.database.postgres import postgres_engine
from tests.fakes.engine_process import EngineProcess
from tests.fakes.nats_server import nats_server
from tests.fakes.postgres import new_database
from tests.fakes.site_at_hub import enter_site
from tests.fakes.waiting import until
from tests.soak.figures import report_figures

PASSWORD = "correct horse battery"
LEAST_EVENTS = 20
NOW = Path(__file__).parents[2]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(1_800)]
_CONSOLE = f"""
import json, sys
from engine.gateway.remote.hub import RemoteHub
from engine.model.question import ListEvents
visit = RemoteHub(sys.argv[1]).sign_in("Ben", {PASSWORD!r})
port = visit.enter("north")
events = ListEvents(limit=20)
print(json.dumps([len(port.ask(events)), len(port.snapshot().settings.cameras), len(visit.ask("north", events))]))
port.close()
visit.close()
"""


class Version:
    """What a checkout holds, as programs."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout

    def started(self, *words: str, **given: Any) -> subprocess.Popen[bytes]:
        environment = {**(given.pop("env", None) or os.environ), "PYTHONPATH": str(self.checkout)}
        return subprocess.Popen([sys.executable, *words], cwd=self.checkout, env=environment, **given)

    def printed(self, *words: str, said: str = "") -> str:
        with self.started(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out, err = process.communicate(said.encode(), 120)
            assert process.returncode == 0, err.decode()[-2000:]
            return out.decode()


class EngineOf(EngineProcess):
    """An engine of one version."""

    def __init__(self, version: Version, data: Path, *arguments: str) -> None:
        self._version = version
        super().__init__(data, *arguments)

    def _started(self, command: list[str], environment: dict[str, str], output: int, log: int) -> Any:
        return self._version.started("-m", "console", *command, stdout=output, stderr=log, env=environment)


@contextmanager
def hub_of(version: Version, url: str, *options: str) -> Iterator[None]:
    process = version.started("-m", "console", "hub", "run", *options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(url), "the hub is there")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/hub", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def rows(database: str, statement: str) -> list[Any]:
    engine = postgres_engine(database, reading=True)
    try:
        with engine.connect() as connection:
            return list(connection.execute(text(statement)))
    finally:
        engine.dispose()


def recorded(folder: Path) -> set[str]:
    """Events of the site's own record that a hub is told."""
    with closing(sqlite3.connect(folder / "watchroom.db")) as connection:
        return {f"north/{row[0]}" for row in connection.execute("SELECT id FROM events WHERE shadow = 0")}


def told(database: str) -> set[str]:
    return {row[0] for row in rows(database, "SELECT id FROM events")}


def raised(port: RemotePort) -> Alert:
    incident = port.command(FileReport(IncidentCategory.VIOLENCE, "A fight at the gate", 10.0, 20.0, severity=Severity.CRITICAL))
    until(lambda: any(each.incident_id == incident for each in port.snapshot().alerts.alerts), "it is an alert")
    return next(each for each in port.snapshot().alerts.alerts if each.incident_id == incident)


def test_hub_then_site_are_upgraded_and_nothing_is_lost(tmp_path: Path) -> None:
    if not os.environ.get("WATCHROOM_BEFORE"):
        pytest.skip("WATCHROOM_BEFORE names no checkout of the version before.")
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    before, now = Version(Path(os.environ["WATCHROOM_BEFORE"])), Version(NOW)
    data, site = tmp_path / "hub", tmp_path / "north"
    bind = f"127.0.0.1:{free_port()}"
    url, began_s = f"http://{bind}", time.monotonic()
    figures: dict[str, Any] = {"now": __version__}
    with ExitStack() as stack:
        database = new_database(stack.enter_context(server()).url, "upgrade")
        nats = stack.enter_context(nats_server(tmp_path / "nats", before.printed("-m", "console", "hub", "nats", "--data", str(data))))
        options = ("--data", str(data), "--nats", nats.url, "--bind", bind, "--postgres", database)
        with hub_of(before, url, *options):
            code = before.printed("-m", "console", "hub", "code", "north", "North", "--postgres", database).strip()
            before.printed("-m", "console", "hub", "add-user", "Ben", "--role", "operator", "--postgres", database, said=f"{PASSWORD}\n")
            engine = EngineOf(before, site, "--demo")
            account = {"site_name": "North", "admin_name": "ada", "password": PASSWORD, "code": engine.setup_code}
            httpx.post(f"{engine.url}/api/v1/setup", json=account, timeout=60).raise_for_status()
            before.printed("-m", "console", "join", url, "--code", code, "--data", str(site))
            until(lambda: len(told(database)) >= LEAST_EVENTS, "the hub of before has events", 600)
            figures["schema_before"] = rows(database, "SELECT version_num FROM shared_record_version")[0][0]
            figures["events_before"] = len(told(database))
        with hub_of(now, url, *options):
            figures["schema_now"] = rows(database, "SELECT version_num FROM shared_record_version")[0][0]
            figures["events_at_upgrade_of_hub"] = at_upgrade = len(told(database))
            until(lambda: len(told(database)) > at_upgrade, "the site of before tells the new hub", 600)
            figures["console_of_before"] = json.loads(before.printed("-c", _CONSOLE, url))
            assert all(figures["console_of_before"])
            with closing(RemoteHub(url).sign_in("Ben", PASSWORD)) as ben:
                with closing(enter_site(ben)) as port:
                    alert = raised(port)
                    port.command(ChangeAlert((alert.id,), AlertState.ACKNOWLEDGED))
                    assert port.ask(ListEvents(limit=5))
                assert engine.stop() == 0
                ben.intend("north", NoteAlert(alert.id, "Said while it was upgraded."), CommandTerms("in-1"))
                engine = EngineOf(now, site, "--demo")
                until(lambda: next(iter(ben.intents("north"))).state is IntentState.DONE, "the new site has heard of it")
                with closing(enter_site(ben)) as port:
                    (there,) = port.ask(ListAlerts(1, alert_id=alert.id)).alerts
                assert there.assignee == "Ben" and [note.text for note in there.notes] == ["Said while it was upgraded."]
                there_before = len(told(database))
                until(lambda: len(told(database)) > there_before, "the new site tells", 600)
            until(lambda: recorded(site) <= told(database), "the hub has all that the site recorded", 600)
            assert engine.stop() == 0
            figures |= {"recorded": len(recorded(site)), "at_hub": len(told(database)), "seconds": round(time.monotonic() - began_s)}
            assert told(database) <= recorded(site), "and nothing else"
    report_figures("upgrade", figures)
