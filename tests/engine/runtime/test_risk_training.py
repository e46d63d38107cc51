"""Learning the forecast: how it ends is always told, a failure keeps the old forecast, what was kept is known to be whole."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.risk.risk import MapScore, PastIncidents, RiskForecast, RiskSettings, Training, TrainingState
from engine.model.settings import Settings
from engine.model.snapshot import Job, JobState
from engine.model.time import SECOND, ManualClock
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.nightly import HOUR_NS
from engine.runtime.risk.forecast_file import NAME, read_forecast
from engine.runtime.risk.risk_training import NEIGHBOURHOODS, RiskTraining
from engine.runtime.supervisor import ErrorBook
from tests.engine.risk.cities import DAY_NS, MIDDLE, START_NS, clustered, recorded
from tests.fakes.ports import SettingsOf, TroubleOf
from tests.fakes.waiting import until

DAYS = 60
NOW_NS = START_NS + DAYS * DAY_NS + 12 * HOUR_NS
SQUARE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Mitte"}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[12.5, 51.5], [13.5, 51.5], [13.5, 52.5], [12.5, 52.5], [12.5, 51.5]]]}}]}'
)


class Side:
    """A risk map that writes down what it is told."""

    def __init__(self) -> None:
        self.forecasts: list[RiskForecast] = []
        self.told: list[Training] = []
        self.scores: list[MapScore | None] = []

    def use_forecast(self, forecast: RiskForecast) -> None:
        self.forecasts.append(forecast)

    def trained(self, training: Training) -> None:
        self.told.append(training)

    def scored(self, score: MapScore | None) -> None:
        self.scores.append(score)


class Site:
    """A training with everything around it; `incidents` may be changed, or raise, or wait."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(NOW_NS)
        self.errors = ErrorBook(self.clock)
        self.jobs = Jobs(self.errors, self.clock)
        self.side = Side()
        self.settings = RiskSettings()
        self.troubles: list[str | None] = []
        self.asked: list[tuple[int, int]] = []
        self.incidents: Callable[[], PastIncidents] = lambda: recorded(clustered(250, DAYS, 1))
        self.training = self.anew()

    def anew(self, failed: Event | None = None, simulated: bool = False) -> RiskTraining:
        settings = SettingsOf(lambda: Settings(risk=self.settings))
        return RiskTraining(
            self.folder, self._past, settings, self.side, self.jobs, self.clock, TroubleOf(self.troubles.append), failed, simulated
        )

    def _past(self, since_ns: int, until_ns: int) -> PastIncidents:
        self.asked.append((since_ns, until_ns))
        return self.incidents()

    def job(self) -> Job:
        return self.jobs.all()[-1]

    def learn(self) -> Training:
        self.training.retrain()
        return self.ended()

    def ended(self) -> Training:
        until(lambda: self.job().state is not JobState.RUNNING, "the job has ended")
        return self.side.told[-1]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.training.start()
    yield site
    site.jobs.stop()


def nothing() -> PastIncidents:
    return recorded((np.zeros(0), np.zeros((0, 2))))


def broken() -> PastIncidents:
    raise EnvironmentFault("database", "The database does not answer.")


def wrong() -> PastIncidents:
    raise ZeroDivisionError


def test_it_is_learnt_with_progress_kept_and_handed_over(site: Site) -> None:
    done = site.learn()
    assert (done.state, done.progress, done.incidents, done.trouble) == (TrainingState.DONE, 1.0, 250, "")
    assert (done.started_ns, done.ended_ns, done.trained_ns) == (NOW_NS, NOW_NS, NOW_NS)
    assert datetime.fromtimestamp(done.next_ns // SECOND, UTC).hour == 2
    assert site.asked == [(NOW_NS - 365 * DAY_NS, NOW_NS)]
    running = [told.progress for told in site.side.told if told.state is TrainingState.RUNNING]
    assert running == sorted(running)
    assert len(running) > 50
    assert site.job().message == "Trained on 250 incidents."
    kept = read_forecast(site.folder)
    assert kept is not None
    assert np.array_equal(kept.forecast.risks, site.side.forecasts[-1].risks)
    assert site.troubles == [None]


def test_h26_no_incidents_is_skipped_and_not_success(site: Site) -> None:
    site.incidents = nothing
    told = site.learn()
    assert (told.state, told.incidents, told.trained_ns) == (TrainingState.SKIPPED, 0, 0)
    assert site.job().message.startswith("Skipped")
    assert site.side.forecasts == []
    assert read_forecast(site.folder) is None


@pytest.mark.parametrize("cause", [broken, wrong], ids=["the world", "ourselves"])
def test_h26_a_failure_keeps_the_old_forecast_and_is_an_alarm(site: Site, cause: Callable[[], PastIncidents]) -> None:
    before = site.learn()
    kept = (site.folder / NAME).read_bytes()
    site.clock.advance_to(NOW_NS + DAY_NS)
    site.incidents = cause
    told = site.learn()
    assert (told.state, told.started_ns, told.trained_ns) == (TrainingState.FAILED, NOW_NS + DAY_NS, before.trained_ns)
    assert "The previous forecast remains in use." in told.trouble
    assert site.troubles[-1] == told.trouble
    assert site.job().state is JobState.FAILED
    assert len(site.side.forecasts) == 1
    assert (site.folder / NAME).read_bytes() == kept
    site.incidents = lambda: recorded(clustered(250, DAYS, 1))
    assert site.learn().state is TrainingState.DONE
    assert site.troubles[-1] is None


def test_h26_what_cannot_be_kept_is_not_used_either(site: Site) -> None:
    (site.folder / NAME).mkdir()  # where the file should be
    told = site.learn()
    assert (told.state, told.trained_ns) == (TrainingState.FAILED, 0)
    assert site.side.forecasts == [] and site.side.scores == []
    assert site.troubles == [told.trouble]


def test_h26_a_map_that_is_switched_off_fails_no_more(site: Site) -> None:
    site.incidents = broken
    site.learn()
    before, site.settings = site.settings, replace(site.settings, enabled=False)
    site.training.changed(before)
    assert site.troubles[-1] is None


def test_h26_it_is_begun_at_two_and_never_twice_at_once(site: Site) -> None:
    go_on = threading.Event()

    def waits() -> PastIncidents:
        assert go_on.wait(60)
        return nothing()

    site.incidents = waits
    first = site.training.retrain()
    site.clock.advance_to(site.training.nightly.next_ns())
    site.training.nightly.look()
    assert site.training.retrain() == first
    assert len(site.jobs.all()) == 1
    go_on.set()
    site.ended()
    site.clock.advance_to(site.training.nightly.next_ns())
    site.training.nightly.look()
    assert len(site.jobs.all()) == 2
    assert site.ended().started_ns == site.clock.now_ns()


def test_what_is_cancelled_is_as_it_was(site: Site) -> None:
    before = site.learn()
    inside = threading.Event()

    def waits() -> PastIncidents:
        assert inside.wait(60)
        return recorded(clustered(250, DAYS, 2))

    site.incidents = waits
    site.jobs.cancel(site.training.retrain())
    inside.set()
    assert site.ended() == before
    assert site.job().state is JobState.CANCELLED
    assert len(site.side.forecasts) == 1


def test_after_a_restart_the_forecast_is_in_force_again(site: Site) -> None:
    done = site.learn()
    score = site.side.scores[-1]
    site.clock.advance_to(NOW_NS + HOUR_NS)
    site.anew().start()
    assert len(site.jobs.all()) == 1
    assert np.array_equal(site.side.forecasts[0].risks, site.side.forecasts[1].risks)
    assert np.array_equal(site.side.forecasts[0].cells, site.side.forecasts[1].cells)
    assert site.side.told[-1] == done
    assert score is not None
    assert site.side.scores[-1] == score


@pytest.mark.parametrize("simulated", [True, False])
def test_what_was_learnt_from_simulated_incidents_is_in_force_where_they_count_only(site: Site, simulated: bool) -> None:
    site.incidents = lambda: replace(recorded(clustered(250, DAYS, 1)), simulated=True)
    site.training = site.anew(simulated=True)
    site.learn()
    before = len(site.side.forecasts)
    site.anew(simulated=simulated).start()
    assert len(site.side.forecasts) - before == simulated


_KIND, _GRAVE = EventKind.FORECAST_FAILED, Severity.MODERATE
FAILED = Event("ev-1", _KIND, "", "risk forecast", _GRAVE, NOW_NS, None, NOW_NS, 1.0, "de-1", reason="It failed.")


@pytest.mark.parametrize("learnt", [True, False])
def test_h26_a_failure_is_still_said_after_a_restart(site: Site, learnt: bool) -> None:
    before = site.learn() if learnt else Training()
    site.troubles.clear()
    site.anew(FAILED).start()
    told = site.side.told[-1]
    assert (told.state, told.trouble, told.ended_ns, told.trained_ns) == (TrainingState.FAILED, "It failed.", NOW_NS, before.trained_ns)
    assert site.troubles == ["It failed."]
    assert len(site.side.forecasts) == (2 if learnt else 0), "the old forecast is in force"


def test_h26_a_failure_of_a_map_that_is_off_by_now_has_ended(site: Site) -> None:
    site.settings = replace(site.settings, enabled=False)
    site.anew(FAILED).start()
    assert site.side.told[-1].state is TrainingState.NEVER and site.troubles == [None]


def test_h26_a_night_missed_by_less_than_an_hour_is_made_up_for_after_a_restart(site: Site) -> None:
    site.learn()
    site.clock.advance_to(site.training.nightly.next_ns() + HOUR_NS // 2)
    training = site.anew()
    training.start()
    training.nightly.look()
    training.nightly.look()
    assert len(site.jobs.all()) == 2


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b[:200] + b"\0" + b[201:], lambda b: b"", lambda b: b"PK" + b[2:]])
def test_a_damaged_forecast_is_said_not_used_and_learnt_anew(site: Site, damage: Callable[[bytes], bytes]) -> None:
    site.learn()
    file = site.folder / NAME
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(EnvironmentFault, match="damaged"):
        read_forecast(site.folder)
    before = len(site.side.forecasts)
    site.anew().start()
    assert "damaged" in str(site.troubles[1])
    assert site.ended().state is TrainingState.DONE
    assert len(site.side.forecasts) == before + 1
    assert site.troubles[-1] is None
    assert read_forecast(site.folder) is not None


def test_switched_off_it_is_refused_and_no_night_begins_it(site: Site) -> None:
    site.settings = replace(site.settings, enabled=False)
    with pytest.raises(EnvironmentFault, match="switched off"):
        site.training.retrain()
    site.clock.advance_to(site.training.nightly.next_ns())
    site.training.nightly.look()
    assert site.jobs.all() == ()


def test_other_cells_are_learnt_anew(site: Site) -> None:
    site.learn()
    before, site.settings = site.settings, replace(site.settings, cell_m=500.0)
    site.training.changed(before)
    site.ended()
    assert [forecast.cell_m for forecast in site.side.forecasts] == [250.0, 500.0]
    site.training.changed(site.settings)
    assert len(site.jobs.all()) == 2


def test_too_small_cells_fail_with_what_to_do(site: Site) -> None:
    site.settings = replace(site.settings, cell_m=50.0)
    far = recorded((np.array([1.0, 2.0]), np.array([[-16_000.0, -16_000.0], [16_000.0, 16_000.0]])))
    site.incidents = lambda: far
    assert "larger ones" in site.learn().trouble


def test_neighbourhoods_are_kept_and_have_what_they_expect(site: Site) -> None:
    assert site.training.by_neighbourhood() == ()
    assert site.training.import_neighbourhoods(SQUARE) == "1"
    assert site.training.by_neighbourhood() == ()
    site.learn()
    (mitte,) = site.training.by_neighbourhood()
    assert mitte.name == "Mitte"
    assert 1 < mitte.incidents < 12  # 250 in 60 days
    again = site.anew()
    again.start()
    assert again.by_neighbourhood() == (mitte,)
    (outline,) = again.outlines()
    assert outline.name == "Mitte" and outline.rings[0][0] == outline.rings[0][-1] and len(outline.rings[0]) == 5
    assert again.neighbourhoods.find_numbers(np.array([MIDDLE[0]]), np.array([MIDDLE[1]])).tolist() == [0]
    with pytest.raises(InputError):
        again.import_neighbourhoods("{}")
    assert again.neighbourhoods.names == ("Mitte",)
    assert again.import_neighbourhoods("") == "0"
    assert not (site.folder / NEIGHBOURHOODS).exists()
