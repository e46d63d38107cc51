"""`bench storm`: ten thousand reports in a minute from fifty connections on a whole engine, while somebody looks at it.

What was acknowledged is compared with what the record holds: nothing may be lost, nothing there twice.
"""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.incidents.storm_load import AT_A_PLACE, Process, Storm
from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.incidents.incident import IncidentState
from engine.model.question import CountIncidents, ListIncidents
from engine.model.time import SECOND
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.local import demo_port

ANSWER_MS = 100.0
LOOK_S = 1 / 30  # as the console's screen does
SETTLE_S = 120.0
_PAGE = 1000


@dataclass(slots=True)
class Looks:
    """How long a console of the same process waited for each snapshot, in ms."""

    took_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the record holds. `missing`: acknowledged reports that are not there. wrong: incidents whose count of reporters is not that of
    their place. settled_s: until the pipeline had heard of all, None where it had not in time."""

    reports: int
    incidents: int
    missing: int
    wrong: int
    settled_s: float | None


def run(reports: int = 10_000, seconds: float = 60.0, connections: int = 50) -> dict[str, Any]:
    """Raises EnvironmentFault where a process that takes part fails."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data", Bind(), CommandLineSettings(), gateway_needed=True) as site,
    ):
        measured = _storm(site, reports, seconds, connections)
    metrics = measured["metrics"]
    targets = [
        report.at_most("lost", 0, metrics["lost"]),
        report.at_most("doubled", 0, metrics["doubled"]),
        report.at_most("wrong_incidents", 0, metrics["wrong_incidents"]),
        report.at_least("acknowledged", reports, metrics["acknowledged"]),
        report.at_most("console_p99_ms", ANSWER_MS, metrics["console_p99_ms"]),
        report.at_most("ask_p99_ms", ANSWER_MS, metrics["ask_p99_ms"]),
    ]
    return {"bench": "storm", "cases": [measured], "targets": targets}


def _storm(site: Site, reports: int, seconds: float, connections: int) -> report.Case:
    engine = site.engine
    token = engine.accounts.create_token(Role.OPERATOR, "bench")
    now_ns = engine.clock.now_ns()
    storm = Storm(site.url, token, reports, seconds, connections, now_ns % 1_000_003, now_ns - 900 * SECOND)
    looks, ended = Looks(), threading.Event()
    screen = threading.Thread(target=_look, args=(site, looks, ended))
    asking, reporting = (
        Process("ask", replace(storm, token=engine.accounts.create_token(Role.OPERATOR, "console"))),
        Process("report", storm),
    )
    cpu_s, began_s = time.process_time(), time.perf_counter()
    screen.start()
    sent = reporting.result(10 * seconds)
    cores = (time.process_time() - cpu_s) / (time.perf_counter() - began_s)
    ended.set()
    screen.join()
    asked = asking.result(0)
    kept = _kept(site, sent["acknowledged"])
    return report.case("storm", _params(storm), _metrics(sent, asked, looks, kept, cores))


def _params(storm: Storm) -> dict[str, Any]:
    return {"reports": storm.reports, "seconds": storm.seconds, "connections": storm.connections, "seed": storm.seed}


def _look(site: Site, looks: Looks, ended: threading.Event) -> None:
    port = demo_port(site.engine)
    while not ended.wait(LOOK_S):
        began_s = time.perf_counter()
        port.snapshot()
        looks.took_ms.append(1000 * (time.perf_counter() - began_s))


def _kept(site: Site, acknowledged: Sequence[Sequence[Any]]) -> Kept:
    store, began_s = site.engine.record.store, time.perf_counter()
    settled = _settled(site)
    settled_s = round(time.perf_counter() - began_s, 2) if settled else None
    ids = {report_id for _, report_id, _ in acknowledged}
    found = {each.id for each in store.incidents.reports(ids)}
    counts = store.answer(CountIncidents())
    wanted = Counter(incident_id for incident_id, _ in {(incident_id, report_id) for _, report_id, incident_id in acknowledged})
    said = _reporter_counts(site)
    wrong = sum(said.get(incident_id) != count or count != AT_A_PLACE for incident_id, count in wanted.items())
    return Kept(counts.reports, counts.incidents, len(ids - found), wrong, settled_s)


def _settled(site: Site) -> bool:
    """Whether the pipeline has heard of everything in time, and has it in its journal."""
    store, until_s = site.engine.record.store, time.monotonic() + SETTLE_S
    while store.incidents.news():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.1)
    return site.engine.record.writer.flush(SETTLE_S)


def _reporter_counts(site: Site) -> dict[str, int]:
    found: dict[str, int] = {}
    before: str | None = None
    while True:
        page = site.engine.record.store.answer(ListIncidents(_PAGE, before, state=IncidentState.OPEN)).incidents
        found |= {each.id: each.reporter_count for each in page}
        if len(page) < _PAGE:
            return found
        before = page[-1].id


def _metrics(sent: dict[str, Any], asked: dict[str, Any], looks: Looks, kept: Kept, cores: float) -> dict[str, Any]:
    distinct = len({report_id for _, report_id, _ in sent["acknowledged"]})
    numbers = {number for number, _, _ in sent["acknowledged"]}
    asks = [*asked["snapshot_ms"], *asked["events_ms"], *asked["incidents_ms"]]
    return {
        "acknowledged": len(numbers),
        "stored": kept.reports,
        "lost": kept.missing,
        "doubled": distinct - len(numbers) + max(0, kept.reports - distinct),
        "incidents": kept.incidents,
        "wrong_incidents": kept.wrong,
        "sent_again": sent["again"],
        "statuses": dict(sorted(sent["statuses"].items())),
        "per_s": round(len(sent["acknowledged"]) / sent["seconds"], 1),
        **_times("answer", sent["answer_ms"]),
        "sender_late_ms": round(sent["late_ms"], 1),
        **_times("console", looks.took_ms),
        **_times("ask", asks),
        **_times("ask_snapshot", asked["snapshot_ms"]),
        "asks": len(asks),
        "asks_failed": asked["failed"],
        "pipeline_settled_s": kept.settled_s,
        "engine_cores": round(cores, 3),
        "engine_ms_per_report": round(1000 * cores * sent["seconds"] / max(len(sent["acknowledged"]), 1), 2),
    }


def _times(name: str, took_ms: Sequence[float]) -> dict[str, float | None]:
    if not took_ms:
        return {f"{name}_{figure}_ms": None for figure in ("median", "p99", "max")}
    return {
        f"{name}_median_ms": round(float(np.median(took_ms)), 2),
        f"{name}_p99_ms": round(float(np.percentile(took_ms, 99)), 2),
        f"{name}_max_ms": round(max(took_ms), 2),
    }
