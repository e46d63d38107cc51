"""A survey is held against what the scanners learned by themselves: the pipeline tells it, the radio side keeps it."""

import math
from pathlib import Path
from unittest.mock import Mock

import numpy as np

from engine.model.observation import EngineStarted, Numbered, Observation, SettingsChanged, Tick
from engine.model.radio.blob import RadioPicture
from engine.model.radio.path_loss import LearnedPathLoss, PooledReadings
from engine.model.radio.radio import BleSighting, BleSightings
from engine.model.radio.scanner_survey import SurveyPlace, SurveyReadings
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, Floor, NodeSettings, Position, ScannerCalibration
from engine.model.time import SECOND, ManualClock
from engine.runtime.radio.radio_side import RadioSide
from engine.runtime.secrets.secrets import SecretStore
from tests.fakes.radio_runs import came, new_pipeline

NODES: dict[str, Position] = {
    "AA:BB:CC:0F:02:00": (0.3, 0.3, 2.2),
    "AA:BB:CC:0F:02:01": (9.7, 0.3, 2.2),
    "AA:BB:CC:0F:02:02": (9.7, 7.7, 2.2),
    "AA:BB:CC:0F:02:03": (0.3, 7.7, 2.2),
}
TRUE = dict(zip(NODES, (-48.0, -66.0, -55.0, -70.0), strict=True))  # dBm at 1 m
EXPONENT = 3.2
TAG = "02:0A:00:00:00:88"
SPOTS = ((1.5, 1.5), (8.5, 1.5), (8.5, 6.5), (1.5, 6.5), (5.0, 2.5), (4.0, 5.0))


def level(mac: str, spot: tuple[float, float]) -> float:
    return TRUE[mac] - 10 * EXPONENT * math.log10(math.dist((*spot, 1.2), NODES[mac]))


def survey() -> tuple[SurveyPlace, ...]:
    return tuple(SurveyPlace(*spot, tuple(SurveyReadings(mac, (round(level(mac, spot)),) * 4) for mac in NODES)) for spot in SPOTS)


def site() -> Settings:
    return Settings(
        nodes=tuple(NodeSettings(mac, mac[-2:], position) for mac, position in NODES.items()),
        ble_devices=(BleDeviceSettings(TAG, "Tag", "object", position=(3.0, 2.0, 1.2)),),
        floor=Floor((0.0, 0.0, 10.0, 8.0)),
    )


def learned() -> tuple[LearnedPathLoss, ...]:
    nothing = PooledReadings(np.zeros((0, 2)), np.zeros(0), np.zeros(0), 20.0)
    return tuple(LearnedPathLoss(ScannerCalibration(mac, power, EXPONENT, 3.0), 400, nothing) for mac, power in TRUE.items())


def test_each_tick_tells_what_was_learned() -> None:
    pipeline, number, at_ns = new_pipeline(), 0, 1_700_000_000 * SECOND

    def step(observation: Observation) -> StepResult:
        nonlocal number
        number += 1
        return pipeline.step(Numbered(number, observation.occurred_ns, observation))

    step(EngineStarted(at_ns, "1"))
    step(SettingsChanged(at_ns, site()))
    for change in came(NODES, at_ns):
        step(change)
    told = step(Tick(at_ns)).learned
    assert told == ()
    for second in range(130):
        at_ns += SECOND
        for mac in NODES:
            rssi = round(level(mac, (3.0, 2.0))) + second % 5 - 2
            step(BleSightings(at_ns, mac, (BleSighting(TAG, rssi),)))
        told = step(Tick(at_ns)).learned
    assert {each.loss.scanner for each in told} == set(NODES)


def test_what_was_learned_is_what_a_survey_has_to_better(tmp_path: Path) -> None:
    clock = ManualClock(1_700_000_000 * SECOND)
    side = RadioSide(tmp_path, clock, SecretStore(tmp_path, lambda: None), site(), Mock())
    before = side.fit_survey(survey(), site())
    assert before.is_better
    side.on_step(StepResult(1, radio=RadioPicture(clock.now_ns()), learned=learned()), Tick(clock.now_ns()))
    after = side.fit_survey(survey(), site())
    assert after.mean_before_m < before.mean_before_m and after.after_m == before.after_m
    assert not after.is_better
