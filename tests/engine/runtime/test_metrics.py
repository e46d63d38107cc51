"""What Prometheus reads is what the snapshot says, in as many series as there are cameras, whatever those are called."""

from dataclasses import replace
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from engine.model.cameras.picture_zone import PictureZone, ZoneCount
from engine.model.health import CameraHealth, CameraState, EngineHealth
from engine.model.radio.radio import NodeState, NodeView
from engine.model.risk.risk import RiskState, Training, TrainingState
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView, RadioView, Snapshot
from engine.model.time import SECOND
from engine.model.upkeep import Backup, DiskForecast, EventCount, Growth, UpkeepView
from engine.runtime.health.metrics import MOST, metrics_text

NOW_NS = 1_700_000_000 * SECOND
HEALTH = CameraHealth(CameraState.LIVE, fps=12.5, latency_ms=80, pictures=500, dropped=3, reconnects=2, last_picture_ns=NOW_NS - SECOND)


def snapshot(*names: str) -> Snapshot:
    views = tuple(CameraView(CameraSettings(f"c{i}", name, "rtsp://192.0.2.1/x"), HEALTH) for i, name in enumerate(names))
    health = EngineHealth(started_ns=NOW_NS - 60 * SECOND, cpu_percent=150, memory_bytes=1 << 30, threads=40, writer_backlog=7)
    return Snapshot(1, NOW_NS, Settings(), views, health=health)


def samples(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(text.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_figures_of_cameras_and_of_the_engine() -> None:
    backup = Backup("b", NOW_NS - 90 * SECOND, 1, "0016", "", 5, "1")
    disk = DiskForecast(10, 20, (Growth("clips", 3, 1.0),), 12.5, 3600)
    view = UpkeepView((backup,), disk=disk, events=(EventCount("fall", 1, 2, 3),), handles=9, outbox=4, losses=(("radio", 6),))
    found = samples(metrics_text(snapshot("Gate"), view))
    gate = (("camera", "c0"), ("name", "Gate"))
    assert found["watchroom_camera_frames_per_second", gate] == 12.5
    assert found["watchroom_camera_dropped_total", gate] == 3
    assert found["watchroom_camera_latency_seconds", gate] == 0.08
    assert found["watchroom_camera_picture_age_seconds", gate] == 1
    states = {labels[2][1]: value for (name, labels), value in found.items() if name == "watchroom_camera_state"}
    assert states == {state.value: float(state is CameraState.LIVE) for state in CameraState}
    assert found["watchroom_cpu_cores", ()] == 1.5 and found["watchroom_uptime_seconds", ()] == 60
    assert found["watchroom_disk_days_left", ()] == 12.5 and found["watchroom_kept_bytes", (("kind", "clips"),)] == 3
    assert found["watchroom_backup_age_seconds", ()] == 90 and found["watchroom_open_handles", ()] == 9
    assert found["watchroom_events_stored", (("kind", "fall"),)] == 3 and found["watchroom_outbox_waiting", ()] == 4
    assert found["watchroom_left_out_total", (("what", "radio"),)] == 6


def test_who_is_in_zones_now_by_class_and_only_where_somebody_looks() -> None:
    area = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0))
    zones = (PictureZone("yard", 'Yard "2"\n', area, ("person", "vehicle")), PictureZone("ramp", "Ramp", area))
    camera = CameraSettings("c0", "Gate", "rtsp://192.0.2.1/x", zones=zones)
    counts = (ZoneCount("yard", "c0", 3, (("person", 3), ("vehicle", 0))), ZoneCount("ramp", "c0", 2, (("person", 2),), known=False))
    now = replace(snapshot("Gate"), settings=Settings(cameras=(camera,)), zones=counts)
    found = samples(metrics_text(now, UpkeepView()))
    told = {labels: value for (name, labels), value in found.items() if name == "watchroom_zone_occupancy"}
    yard = (("camera", "c0"), ("name", 'Yard "2"'), ("zone", "yard"))
    assert told == {(*yard[:1], ("class", of_class), *yard[1:]): count for of_class, count in (("person", 3), ("vehicle", 0))}


def test_names_cannot_break_the_format() -> None:
    name = 'a"} 1\nwatchroom_fake 7\\{camera="x\x00'
    found = samples(metrics_text(snapshot(name), UpkeepView()))
    assert ("watchroom_fake", ()) not in found
    (labels,) = (dict(labels) for name, labels in found if name == "watchroom_camera_pictures_total")
    assert labels["name"] == 'a"} 1 watchroom_fake 7\\{camera="x'


def test_what_nobody_knows_is_left_out() -> None:
    names = {name for name, _ in samples(metrics_text(snapshot("Gate"), UpkeepView()))}
    assert not {"watchroom_disk_days_left", "watchroom_backup_age_seconds", "watchroom_open_handles"} & names
    assert "watchroom_camera_clock_ahead_seconds" not in names


def test_there_are_never_more_series_than_bounded() -> None:
    many = snapshot("a")
    text = metrics_text(replace(many, cameras=many.cameras * (MOST + 50)), UpkeepView())
    assert text.count(b"watchroom_camera_pictures_total{") == MOST


def everything() -> bytes:
    """With something of all kinds in it."""
    area = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0))
    camera = CameraSettings("c0", "Gate", "rtsp://192.0.2.1/x", zones=(PictureZone("yard", "Yard", area),))
    health = replace(HEALTH, clock_ahead_s=2.0)
    node = NodeView("AA:BB:CC:DD:EE:01", "Shelf", NodeState.ONLINE)
    now = replace(
        snapshot(),
        cameras=(CameraView(camera, health), CameraView(CameraSettings("c1", "Yard", "usb:0"), CameraHealth(CameraState.LOST))),
        settings=Settings(cameras=(camera,)),
        zones=(ZoneCount("yard", "c0", 3, (("person", 3),)),),
        radio=RadioView(nodes=(node,)),
        risk=RiskState(training=Training(TrainingState.FAILED, NOW_NS - SECOND, NOW_NS, trained_ns=NOW_NS - 3600 * SECOND)),
    )
    backup = Backup("b", NOW_NS - 90 * SECOND, 1, "0016", "", 5, "1")
    disk = DiskForecast(10, 20, (Growth("clips", 3, 1.0),), 12.5, 3600)
    return metrics_text(now, UpkeepView((backup,), disk=disk, events=(EventCount("fall", 1, 2, 3),), handles=9, losses=(("radio", 6),)))


def test_names_units_and_kinds_are_as_prometheus_wants_them() -> None:
    """https://prometheus.io/docs/practices/naming/, and what `promtool check metrics` complains of."""
    families = list(text_string_to_metric_families(everything().decode()))
    assert len(families) > 40
    for family in families:
        assert family.name.startswith(("watchroom_", "process_")) and family.name == family.name.lower()
        assert family.documentation.strip() and family.type in ("gauge", "counter"), family.name
        units = ("milliseconds", "_ms", "_ns", "minutes", "hours", "kilobytes", "megabytes", "_mb", "_mib", "percent")
        assert not family.name.endswith(units) and not family.name.endswith(
            ("_gauge", "_counter", "_count", "_sum", "_bucket", "_total_total")
        )
        endings = {sample.name.endswith("_total") for sample in family.samples}
        assert endings <= {family.type == "counter"}, family.name
        assert all(label == label.lower() and not label.startswith("__") for sample in family.samples for label in sample.labels)
    series = [(sample.name, tuple(sorted(sample.labels.items()))) for family in families for sample in family.samples]
    assert len(series) == len(set(series)), "no series twice"


def test_every_figure_has_something_to_show_and_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "administrator" / "maintenance.md").read_text("utf-8")
    for family in text_string_to_metric_families(everything().decode()):
        assert family.samples, family.name
        name = f"{family.name}_total" if family.type == "counter" else family.name
        short = name.removeprefix("watchroom_")
        assert f"`{short}`" in guide, name


def test_cameras_whose_ids_begin_alike_are_told_apart() -> None:
    view = snapshot("Gate").cameras[0]
    twins = tuple(replace(view, settings=replace(view.settings, id="c" * 120 + end)) for end in "ab")
    text = metrics_text(replace(snapshot("Gate"), cameras=twins), UpkeepView())
    assert len([key for key in samples(text) if key[0] == "watchroom_camera_pictures_total"]) == 2
