"""A pipeline does without what the site leaves out: no lane, nothing imported, and what was open until then ends."""

import json
import subprocess
import sys
from dataclasses import replace

from engine.model.capability import Capability
from engine.model.event import Event
from engine.model.observation import EngineStarted, IncidentChanged, Numbered, Observation, SettingsChanged, Tick
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.reports.incident_events import IncidentLane
from engine.vision.tracking.tracker import Tracker
from tests.engine.pipeline.test_incident_events import ON_SITE, incident

START_NS = 1_700_000_000 * SECOND


class Run:
    def __init__(self, *left_out: Capability) -> None:
        self.pipeline = Pipeline(Tracker, _raise, left_out=frozenset(left_out))
        self.number = 0
        self.events: dict[str, Event] = {}
        self.start(*left_out)

    def start(self, *left_out: Capability) -> None:
        self.see(EngineStarted(self.now_ns, "1", left_out))
        self.see(SettingsChanged(self.now_ns, ON_SITE, "start"))

    @property
    def now_ns(self) -> int:
        return START_NS + self.number * SECOND

    def see(self, observation: Observation) -> None:
        self.number += 1
        result = self.pipeline.step(Numbered(self.number, self.now_ns, observation))
        self.events.update((event.id, event) for event in result.events)


def test_what_was_open_of_it_ends_and_it_comes_back_empty() -> None:
    run = Run()
    run.see(IncidentChanged(run.now_ns, incident()))
    run.see(Tick(run.now_ns))
    (event,) = run.events.values()
    assert event.ended_ns is None and run.pipeline.open_event_ids() == {event.id}
    run.start(Capability.INCIDENTS)
    assert run.events[event.id].ended_ns is not None and run.pipeline.open_event_ids() == frozenset()
    run.see(IncidentChanged(run.now_ns, replace(incident(), id="in-2")))
    assert len(run.events) == 1 and run.pipeline.find(IncidentLane) is None
    run.start()
    run.see(IncidentChanged(run.now_ns, replace(incident(), id="in-3")))
    assert len(run.events) == 2


def test_it_goes_on_from_its_state_without_them() -> None:
    left_out = tuple(Capability)
    run = Run(*left_out)
    state = json.loads(json.dumps(run.pipeline.state()))
    other = Pipeline(Tracker, _raise)
    other.restore(state)
    assert other.state() == run.pipeline.state() and set(state["left_out"]) == {each.value for each in Capability}
    assert not {"radio", "gestures", "voices", "incidents", "plumes", "forecast"} & state.keys()


def test_a_checkpoint_of_a_whole_pipeline_is_read_where_things_are_left_out_from_the_next_start_on() -> None:
    run = Run()
    run.see(IncidentChanged(run.now_ns, incident()))
    again = Run.__new__(Run)
    again.pipeline, again.number, again.events = Pipeline(Tracker, _raise, left_out=frozenset(Capability)), run.number, {}
    again.pipeline.restore(json.loads(json.dumps(run.pipeline.state())))
    assert again.pipeline.open_event_ids() == run.pipeline.open_event_ids() != frozenset()
    again.start(*Capability)
    assert again.pipeline.open_event_ids() == frozenset() and [event.ended_ns is not None for event in again.events.values()] == [True]


def test_nothing_of_radio_speech_and_gestures_is_imported() -> None:
    code = (
        "import sys; from engine.model.capability import Capability; from engine.pipeline.pipeline import Pipeline\n"
        "from engine.vision.tracking.tracker import Tracker\n"
        "Pipeline(Tracker, left_out=frozenset(Capability))\n"
        "print(*(name for name in sys.modules if name.startswith('engine.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = ("engine.radio", "engine.speech", "engine.vision.gestures", "engine.incidents", "engine.risk", "engine.fire")
    assert [name for name in done.stdout.split() if name.startswith(rooms)] == []


def _raise(who: str, error: Exception) -> None:
    raise error
