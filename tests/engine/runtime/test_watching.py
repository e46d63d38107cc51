"""How well sensors watch, kept as stretches of time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.health import CameraHealth, CameraState
from engine.model.history.timeline import LaneSpan, SpanState, Watched
from engine.model.people.settings import MicrophoneSettings
from engine.model.people.view import MicrophoneView
from engine.model.radio.radio import NodeState, NodeView
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.runtime.cameras import watching
from engine.runtime.cameras.watching import (
    SILENT,
    Seeing,
    Watching,
    adapter_hears,
    camera_sees,
    microphone_hears,
    node_hears,
    scanners_hear,
)
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.store import Store, open_store
from engine.vision.models import ModelStore
from tests.fakes.waiting import until

YARD = CameraSettings("yard", "Yard", "simulated:yard")
LIVE = CameraHealth(CameraState.LIVE, last_picture_ns=100 * SECOND)
BEGIN_NS = 1_790_000_000 * SECOND


@pytest.mark.parametrize(
    ("health", "looked_s", "state", "reason"),
    [
        (LIVE, 99, SpanState.OBSERVED, ""),
        (LIVE, 80, SpanState.UNLOOKED, watching.UNLOOKED),
        (LIVE, None, SpanState.UNLOOKED, watching.UNLOOKED),
        (replace(LIVE, clock_ahead_s=-9.0), 99, SpanState.PARTLY, watching.LATE),
        (replace(LIVE, clock_ahead_s=9.0), 99, SpanState.OBSERVED, ""),
        (CameraHealth(CameraState.LOST, "No picture for 2 s."), 99, SpanState.BLIND, "No picture for 2 s."),
        (CameraHealth(CameraState.PAUSED), 99, SpanState.BLIND, watching.PAUSED),
        (CameraHealth(CameraState.CONNECTING), None, SpanState.BLIND, watching.CONNECTING),
        (CameraHealth(CameraState.ENDED), 99, SpanState.BLIND, watching.ENDED),
    ],
)
def test_a_camera_sees_as_far_as_it_is_live_and_looked_at(
    health: CameraHealth, looked_s: int | None, state: SpanState, reason: str
) -> None:
    looked_ns = None if looked_s is None else looked_s * SECOND
    assert camera_sees(YARD, health, looked_ns) == Seeing("yard", state, reason)


def test_every_state_of_a_camera_is_told() -> None:
    for state in CameraState:
        assert camera_sees(YARD, CameraHealth(state), None).sensor_id == "yard"


def test_a_masked_camera_sees_part_of_its_picture() -> None:
    masked = replace(YARD, masks=(((0.0, 0.0), (1.0, 0.0), (1.0, 0.5)),))
    assert camera_sees(masked, LIVE, 99 * SECOND) == Seeing("yard", SpanState.PARTLY, watching.MASKED)
    assert camera_sees(masked, LIVE, None) == Seeing("yard", SpanState.UNLOOKED, f"{watching.UNLOOKED} {watching.MASKED}")


def test_a_camera_whose_detector_does_not_keep_up_is_not_looked_at() -> None:
    assert camera_sees(YARD, LIVE, 99 * SECOND, behind=True) == Seeing("yard", SpanState.UNLOOKED, watching.UNLOOKED)


@pytest.mark.parametrize(
    ("node", "state", "reason"),
    [
        (NodeView("aa", "A", NodeState.ONLINE, health=0.9), SpanState.OBSERVED, ""),
        (NodeView("aa", "A", NodeState.ONLINE, health=0.3), SpanState.PARTLY, watching.POOR_LINKS),
        (NodeView("aa", "A", NodeState.ONLINE), SpanState.PARTLY, watching.NO_LINKS),
        (NodeView("aa", "A", NodeState.OFFLINE, reason="Silent for 5 s."), SpanState.BLIND, "Silent for 5 s."),
        (NodeView("aa", "A", NodeState.UNPAIRED), SpanState.BLIND, "The node was unpaired."),
    ],
)
def test_a_node_hears_as_far_as_its_links_are_good(node: NodeView, state: SpanState, reason: str) -> None:
    assert node_hears(node) == Seeing("aa", state, reason)


class Site:
    """Sensors that are set by hand, and a record."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, ManualClock(BEGIN_NS)
        self.sensors: dict[str, Seeing] = {}
        self.late = self.troubled = self.broken = False
        self.watching = Watching(self.clock, self.look, lambda: self.late, self, self)

    def look(self) -> Iterator[Seeing]:
        yield from self.sensors.values()

    def put(self, spans: tuple[Watched, ...]) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.store.watching.put(spans)

    def run_in_order(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError:
            assert self.broken

    def see(self, state: SpanState | None, reason: str = "", after_s: float = 1.0, whole: bool = False) -> None:
        self.sensors = {} if state is None else {"yard": Seeing("yard", state, reason)}
        self.watching.look(whole)
        self.clock.advance_to(self.clock.now_ns() + round(after_s * SECOND))

    def spans(self) -> list[tuple[int, int, str, str]]:
        found: tuple[LaneSpan, ...] = self.store.watching.observed(("yard",), 0, 1 << 62)["yard"]
        return [
            ((each.since_ns - BEGIN_NS) // SECOND, (each.until_ns - BEGIN_NS) // SECOND, each.state.value, each.reason) for each in found
        ]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = open_store(tmp_path / "watchroom.db", ManualClock(BEGIN_NS))
    yield Site(store)
    store.close()


def test_stretches_follow_one_another_and_a_lost_camera_keeps_its_first_reason(site: Site) -> None:
    site.see(SpanState.OBSERVED)
    site.see(SpanState.OBSERVED)
    site.see(SpanState.BLIND, "No picture for 2 s.")
    site.see(SpanState.BLIND, "No picture for 3 s.")
    site.see(SpanState.PARTLY, watching.MASKED)
    site.see(None)
    assert site.spans() == [(0, 2, "observed", ""), (2, 4, "blind", "No picture for 2 s."), (4, 5, "partly", watching.MASKED)]


def test_after_a_crash_the_last_stretch_ends_when_it_was_kept_last(site: Site) -> None:
    site.see(SpanState.OBSERVED)
    for second in range(1, 25):
        site.see(SpanState.OBSERVED, whole=second % 10 == 0)
    assert site.spans() == [(0, 20, "observed", "")]


def test_what_could_not_be_kept_is_kept_later(site: Site) -> None:
    site.broken = True
    site.see(SpanState.OBSERVED)
    site.see(SpanState.BLIND, "Lost.")
    site.broken, site.troubled = False, True
    site.see(SpanState.OBSERVED)
    assert site.spans() == []
    site.troubled = False
    site.see(SpanState.OBSERVED)
    assert [each[:3] for each in site.spans()] == [(0, 1, "observed"), (1, 2, "blind"), (2, 2, "observed")]


def test_with_a_clock_that_was_set_back_nothing_is_told_as_exact(site: Site) -> None:
    site.late = True
    site.see(SpanState.OBSERVED)
    site.see(SpanState.BLIND, "Lost.", whole=True)
    assert site.spans() == [(0, 1, "partly", watching.SET_BACK), (1, 1, "blind", "Lost.")]


def test_an_engine_keeps_how_its_cameras_watched_until_it_ended(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "site")
    paused = replace(YARD, enabled=False)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings((paused,)))
        began_ns = engine.clock.now_ns()
        engine.start()
        try:
            until(lambda: bool(engine.record.store.watching.observed((), 0, 1 << 62)), "a look is kept")
        finally:
            engine.stop()
    store = open_store(data.database, ManualClock(began_ns))
    (span,) = store.watching.observed(("yard",), 0, 1 << 62)["yard"]
    store.close()
    assert (span.state, span.reason) == (SpanState.BLIND, watching.PAUSED)
    assert began_ns <= span.since_ns < span.until_ns


@pytest.mark.parametrize(
    ("enabled", "trouble", "state", "reason"),
    [
        (True, "", SpanState.OBSERVED, ""),
        (True, "It was pulled out.", SpanState.BLIND, "It was pulled out."),
        (False, "", SpanState.BLIND, SILENT),
    ],
)
def test_a_microphone_hears_unless_it_is_off_or_in_trouble(enabled: bool, trouble: str, state: SpanState, reason: str) -> None:
    microphone = MicrophoneSettings("door", "Door", enabled=enabled)
    assert microphone_hears(microphone, MicrophoneView("door", trouble)) == Seeing("microphone:door", state, reason)


def test_bluetooth_is_heard_by_the_adapter_and_by_nodes_that_listen() -> None:
    assert adapter_hears("") == Seeing("ble:local", SpanState.OBSERVED)
    assert adapter_hears("No adapter.") == Seeing("ble:local", SpanState.BLIND, "No adapter.")
    listens = NodeView("aa", "A", NodeState.ONLINE, capabilities=("csi", "ble"))
    lost = NodeView("bb", "B", NodeState.OFFLINE, capabilities=("ble",))
    heard = list(scanners_hear((listens, NodeView("cc", "C", NodeState.ONLINE), lost)))
    assert [each.state for each in heard] == [SpanState.OBSERVED, SpanState.BLIND]
    assert heard[0].sensor_id == f"ble:{listens.mac}" and heard[1].reason
