"""Recorded nodes, and a real engine with simulated cameras, nodes and phones: the record says again what live said."""

import time
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.radio.captures import EPOCH_NS, recording
from engine.history.replay.journal import JournalFolder
from engine.history.replay.rerun import rerun
from engine.model.observation import EngineStarted, Observation, SettingsChanged, Tick
from engine.model.question import ListAlerts, ListDecisions, ListEvents
from engine.model.settings import Settings
from engine.model.time import SECOND, SystemClock
from engine.store.store import open_store
from tests.fakes.engine_process import EngineProcess
from tests.fakes.kept_run import keep_run
from tests.fakes.radio_runs import in_order

RUNS = 3


def observed(folder: Path, name: str, ticks: int | None) -> list[Observation]:
    run = recording(folder, name, with_rssi=True)
    seen: list[Observation] = [EngineStarted(EPOCH_NS, "test"), SettingsChanged(EPOCH_NS, Settings()), *run.nodes]
    for tick in islice(run.ticks, ticks):
        seen += [Tick(tick.now_ns)] if tick.batch is None else [tick.batch, Tick(tick.now_ns)]
    return seen


@pytest.mark.parametrize(
    ("name", "ticks"),
    [
        ("walk2_4n_30hz", 90),
        pytest.param("walk2_4n_30hz", None, marks=pytest.mark.soak),
        pytest.param("fall_4n_20hz", None, marks=pytest.mark.soak),
        pytest.param("walk1_6n_20hz", None, marks=pytest.mark.soak),
    ],
)
def test_recorded_nodes(shared: Path, tmp_path: Path, name: str, ticks: int | None) -> None:
    kept = keep_run(tmp_path, in_order(observed(shared / "data/csi/nodesim", name, ticks)), 60)
    last_ns = kept.observed[-1].received_ns
    window = EPOCH_NS + (last_ns - EPOCH_NS) // 2, last_ns + 1
    runs = [rerun(kept.journal, kept.checkpoints, *window) for _ in range(RUNS)]
    assert len({run.digest for run in runs}) == 1 and runs[0].missing == ()
    assert list(runs[0].events) == kept.events(*window)
    assert list(runs[0].decisions) == kept.decisions(*window)
    assert runs[0].observations > 60 and runs[0].warmed > 0
    assert any(result.radio is not None and result.radio.blobs for result in kept.within(*window))


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_real_engine(tmp_path: Path) -> None:
    """Its demo for long enough that a checkpoint lies before the window."""
    engine = EngineProcess(tmp_path / "data", "--demo", "--pairing", "open")
    time.sleep(100.0)
    assert engine.stop() == 0
    data = tmp_path / "data"
    reach = JournalFolder(data / "journal").reach()
    assert reach is not None
    window = (reach[0] + reach[1]) // 2, reach[1] + 1
    runs = [rerun(data / "journal", data / "checkpoints", *window) for _ in range(RUNS)]
    assert len({run.digest for run in runs}) == 1 and runs[0].missing == ()
    assert reach[0] - SECOND < runs[0].warm_ns < window[0]
    store = open_store(data / "watchroom.db", SystemClock())
    try:
        events = {event.id: event for event in store.answer(ListEvents(limit=1_000))}
        decisions = {decision.id: decision for decision in store.answer(ListDecisions(limit=1_000))}
        alerts = {alert.id: alert for alert in store.answer(ListAlerts(limit=1_000)).alerts}
    finally:
        store.close()
    assert len(runs[0].events) > 5 and len(runs[0].decisions) > 5
    for said, stored in ((runs[0].events, events), (runs[0].decisions, decisions), (runs[0].alerts, alerts)):
        assert {value.id: value for value in said if not getattr(value, "shadow", False)} == {
            value.id: stored[value.id] for value in said if not getattr(value, "shadow", False)
        }
    began = {event.id for event in events.values() if event.started_ns >= window[0]}
    assert began <= {event.id for event in runs[0].events}
