"""How an engine does as figures for Prometheus (text format 0.0.4), made of what every session may see.

As many series as there are cameras, zones in their pictures and nodes, and no more: names of events, people and messages are no labels.
What every program says of itself has the names that all dashboards look for (`process_…`); where the system does not tell, there are none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from engine import __version__
from engine.model.alerts.alert import AlertState
from engine.model.event import Severity
from engine.model.health import CameraState
from engine.model.places import place_names
from engine.model.risk.risk import TrainingState
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import MILLISECOND, SECOND
from engine.model.upkeep import UpkeepView
from engine.runtime.health.metric_families import counter, gauge, labels_of, text_of

MOST = 512  # cameras, zones and nodes that are told apart
LONGEST = 100  # characters of a name
_CAMERA = ("camera", "name")


def metrics_text(snapshot: Snapshot, upkeep: UpkeepView) -> bytes:
    return text_of(_Collected(snapshot, upkeep))


class _Collected(Collector):
    def __init__(self, snapshot: Snapshot, upkeep: UpkeepView) -> None:
        self._snapshot, self._upkeep = snapshot, upkeep

    def collect(self) -> Iterable[Metric]:
        snapshot, upkeep = self._snapshot, self._upkeep
        yield InfoMetricFamily("watchroom_build", "Which version runs.", {"version": __version__, "schema": upkeep.schema})
        yield from _cameras(snapshot.cameras[:MOST], snapshot.at_ns)
        yield from _zones(snapshot)
        yield from _nodes(snapshot)
        yield from _alerts(snapshot, upkeep)
        yield from _engine(snapshot, upkeep)
        yield from _storage_metrics(snapshot, upkeep)
        yield from _forecast(snapshot)


def _forecast(snapshot: Snapshot) -> Iterator[Metric]:
    """Of the forecast of incidents, which is learnt every night."""
    if not snapshot.risk.enabled:
        return
    training = snapshot.risk.training
    failing = float(training.state is TrainingState.FAILED)
    yield gauge("risk_forecast_failing", "1 where the forecast of incidents could not be learnt the last time.", (), [((), failing)])
    if training.trained_ns:
        age = max(0, snapshot.at_ns - training.trained_ns) / SECOND
        yield gauge("risk_forecast_age_seconds", "Since the forecast in force was learnt.", (), [((), age)])


def _cameras(cameras: Sequence[CameraView], now_ns: int) -> Iterator[Metric]:
    healths = [(labels_of(view.settings.id, view.settings.name[:LONGEST]), view.health) for view in cameras]
    yield gauge("camera_frames_per_second", "Pictures decoded each second.", _CAMERA, [(who, each.fps) for who, each in healths])
    yield gauge("camera_latency_seconds", "From reading to picture.", _CAMERA, [(who, each.latency_ms / 1000) for who, each in healths])
    yield gauge("camera_detector_runs_per_second", "Looks of the detector.", _CAMERA, [(who, each.detector_hz) for who, each in healths])
    yield counter("camera_pictures", "Pictures decoded.", _CAMERA, [(who, each.pictures) for who, each in healths])
    yield counter("camera_dropped", "Pictures replaced before anybody looked.", _CAMERA, [(who, each.dropped) for who, each in healths])
    yield counter("camera_reconnects", "Times it was connected again.", _CAMERA, [(who, each.reconnects) for who, each in healths])
    ages = [(who, max(0, now_ns - each.last_picture_ns) / SECOND) for who, each in healths if each.last_picture_ns is not None]
    yield gauge("camera_picture_age_seconds", "Since the last picture.", _CAMERA, ages)
    skews = [(who, each.clock_ahead_s) for who, each in healths if each.clock_ahead_s is not None]
    yield gauge("camera_clock_ahead_seconds", "Its clock against this machine's, where it says one.", _CAMERA, skews)
    states = [((*who, state.value), float(each.state is state)) for who, each in healths for state in CameraState]
    yield gauge("camera_state", "1 for the state it is in.", (*_CAMERA, "state"), states)


def _zones(snapshot: Snapshot) -> Iterator[Metric]:
    """Those of pictures that were searched in the last seconds: how many there were once is not how many there are."""
    names = place_names(snapshot.settings)
    series = [
        (labels_of(zone.camera_id, zone.zone_id, names.get(zone.zone_id, zone.zone_id)[:LONGEST], of_class), float(count))
        for zone in snapshot.zones[:MOST]
        if zone.known
        for of_class, count in zone.of_class
    ]
    yield gauge("zone_occupancy", "Who is in a zone of a camera's picture now.", ("camera", "zone", "name", "class"), series)


def _nodes(snapshot: Snapshot) -> Iterator[Metric]:
    nodes = snapshot.radio.nodes[:MOST]
    states = Counter(node.state.value for node in nodes)
    yield gauge("nodes", "Radio nodes by state.", ("state",), [((state,), count) for state, count in sorted(states.items())])
    yield gauge("radio_frames_per_second", "Frames of channel state each second.", (), [((), snapshot.radio.frames_hz)])
    yield gauge("radio_shed_per_second", "Frames of nodes left out in the last second.", (), [((), snapshot.radio.shedding)])


def _alerts(snapshot: Snapshot, upkeep: UpkeepView) -> Iterator[Metric]:
    found = Counter((alert.severity, alert.state is AlertState.NEW) for alert in snapshot.alerts.alerts)
    series = [((level.name.lower(), "yes" if new else "no"), found[level, new]) for level in Severity for new in (True, False)]
    yield gauge("alerts_open", "Open alerts.", ("severity", "new"), series)
    yield gauge("incidents_open", "Open incidents, of the newest 200.", (), [((), len(snapshot.incidents.incidents))])
    yield gauge("outbox_waiting", "Messages that wait to be delivered.", (), [((), upkeep.outbox)])
    yield gauge("events_stored", "Events in the record.", ("kind",), [((each.kind,), each.all) for each in upkeep.events])
    yield gauge("events_day", "Events that began in the last 24 hours.", ("kind",), [((each.kind,), each.day) for each in upkeep.events])


def _engine(snapshot: Snapshot, upkeep: UpkeepView) -> Iterator[Metric]:
    health = snapshot.health
    figures = (
        ("cpu_cores", "Processor time used, in cores.", health.cpu_percent / 100),
        ("memory_bytes", "Memory of the process.", health.memory_bytes),
        ("threads", "Threads of the process.", health.threads),
        ("uptime_seconds", "Since the engine was started.", max(0, snapshot.at_ns - health.started_ns) / SECOND),
        ("writer_backlog", "Values that wait to be written.", health.writer_backlog),
        ("clock_skew_seconds", "How far the machine's clock was moved while the engine ran.", health.clock_skew_ms * MILLISECOND / SECOND),
        ("detector_seconds", "One look of the detector.", health.detector.inference_ms / 1000),
        ("troubles", "Things that need attention.", len(health.troubles)),
        ("persons", "People known.", upkeep.persons),
    )
    for name, what, value in figures:
        yield gauge(name, what, (), [((), value)])
    if upkeep.handles >= 0:
        yield gauge("open_handles", "Open files and sockets.", (), [((), upkeep.handles)])
    yield counter("left_out", "What was left out because it was too much.", ("what",), [((name,), count) for name, count in upkeep.losses])


def _storage_metrics(snapshot: Snapshot, upkeep: UpkeepView) -> Iterator[Metric]:
    disk = upkeep.disk
    yield gauge("disk_free_bytes", "Free on the disk of the data folder.", (), [((), disk.free_bytes)])
    yield gauge("disk_total_bytes", "All of that disk.", (), [((), disk.total_bytes)])
    if disk.days_left is not None:
        yield gauge("disk_days_left", "Until that disk is full, if it goes on like this.", (), [((), disk.days_left)])
    yield gauge("database_bytes", "The record with its log.", (), [((), snapshot.health.database_bytes)])
    yield gauge("kept_bytes", "What is kept, by kind.", ("kind",), [((each.name,), each.size_bytes) for each in disk.growth])
    yield gauge("backups", "Copies of the record.", (), [((), len(upkeep.backups))])
    if upkeep.backups:
        age = max(0, snapshot.at_ns - upkeep.backups[0].made_ns) / SECOND
        yield gauge("backup_age_seconds", "Since the newest copy was made.", (), [((), age)])
    yield gauge("backup_failing", "1 where the last copy could not be made.", (), [((), float(bool(upkeep.backup_trouble)))])
