"""Learns the forecast of incidents, by night and when told to, keeps it, and hands it to the risk map."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.event import Event
from engine.model.risk.risk import (
    AreaOutline,
    Hotspot,
    MapScore,
    NeighbourhoodRisk,
    PastIncidents,
    RiskForecast,
    RiskSettings,
    Training,
    TrainingState,
)
from engine.model.time import Clock
from engine.risk.forecast import DAY_NS, learn_forecast
from engine.risk.grid import Grid
from engine.risk.neighbourhoods import Neighbourhoods, read_neighbourhoods
from engine.runtime.atomic_file import write_atomically
from engine.runtime.jobs.jobs import Cancelled, Jobs, Progress
from engine.runtime.nightly import Nightly
from engine.runtime.ports import SettingsSource, Trouble
from engine.runtime.risk import training_notes
from engine.runtime.risk.forecast_file import KeptForecast, read_forecast, write_forecast

log = logging.getLogger(__name__)

JOB = "retrain_risk"
NEIGHBOURHOODS = "neighbourhoods.geojson"
KEPT = "The previous forecast remains in use."
_INSIDE = f"Training failed because of an internal error; see the last errors. {KEPT}"


class RiskMapSide(Protocol):
    """What is asked of the risk map (`RiskSide`). Any thread; returns at once."""

    def use_forecast(self, forecast: RiskForecast) -> None: ...

    def trained(self, training: Training) -> None: ...

    def scored(self, score: MapScore | None) -> None: ...


class RiskTraining:
    """`start` and `retrain` on any thread; learning itself is a job on its own thread, never two at once.

    Args:
        past: reads incidents of the record from a time on (UTC ns) and before another; may raise EnvironmentFault.
        trouble: a sentence while the last learning failed or what was kept is damaged, None when all is well.
        failed: that the last one before this start failed. simulated: whether one that was learnt from simulated incidents counts here.
    """

    def __init__(
        self,
        folder: Path,
        past: Callable[[int, int], PastIncidents],
        settings: SettingsSource,
        side: RiskMapSide,
        jobs: Jobs,
        clock: Clock,
        trouble: Trouble,
        failed: Event | None = None,
        simulated: bool = False,
    ) -> None:
        self._folder = folder
        self._past = past
        self._settings = settings
        self._side = side
        self._jobs = jobs
        self._clock = clock
        self._trouble = trouble
        self._failed_before = failed
        self._simulated = simulated
        self._lock = threading.Lock()  # guards the following
        self._training = Training()
        self._job = ""
        self._kept: KeptForecast | None = None
        self._areas = Neighbourhoods()
        self.nightly = self._nights(clock.now_ns())  # before the first start nothing was missed

    @property
    def neighbourhoods(self) -> Neighbourhoods:
        return self._areas

    def start(self) -> None:
        """What was kept is in force again; what is damaged is learnt anew."""
        self._load_areas()
        try:
            kept = read_forecast(self._folder)
        except EnvironmentFault as fault:
            log.error("%s", fault)
            self._trouble.tell(str(fault))
            self._publish_training(Training())
            self._if_enabled()
            return
        if kept is None or not self._fits(kept.forecast):
            self._publish_training(self._as_it_ended(Training()))
            return
        self.nightly = self._nights(kept.training.started_ns)
        self._use(kept)
        self._publish_training(self._as_it_ended(kept.training))

    def _fits(self, forecast: RiskForecast) -> bool:
        return forecast.cell_m == self._settings.now().risk.cell_m and (self._simulated or not forecast.simulated)

    def _as_it_ended(self, kept: Training) -> Training:
        """A failure is not in the file that is kept: that is of the last one that did not fail."""
        failed = self._failed_before
        if failed is None:
            last = training_notes.last_of(self._folder)
            return kept if last is None or last.started_ns <= kept.started_ns else replace(last, trained_ns=kept.trained_ns)
        self._trouble.tell(failed.reason if self._settings.now().risk.enabled else None)
        if not self._settings.now().risk.enabled:
            return kept
        return replace(self._failed_training(kept, failed.reason), started_ns=failed.started_ns, ended_ns=failed.started_ns)

    def run(self, stopping: threading.Event) -> None:
        """The body of the thread `nightly`."""
        self.nightly.run(stopping)

    def retrain(self) -> str:
        """Begin to learn; the job's id, also of one that has begun already. Raises EnvironmentFault: the risk map is switched off."""
        if not self._settings.now().risk.enabled:
            raise EnvironmentFault("risk_off", "The risk map is switched off. An administrator can switch it on in the settings.")
        with self._lock:
            if not self._job:
                self._job = self._jobs.start(JOB, "Train the risk forecast", self._body)
            return self._job

    def import_neighbourhoods(self, text: str) -> str:
        """In place of those of before; an empty text removes them. Raises InputError, EnvironmentFault: all is as before."""
        areas = read_neighbourhoods(text) if text.strip() else Neighbourhoods()
        if areas.areas:
            write_atomically(self._folder / NEIGHBOURHOODS, text.encode())
        else:
            (self._folder / NEIGHBOURHOODS).unlink(missing_ok=True)
        self._areas = areas
        return str(len(areas.areas))

    def by_neighbourhood(self) -> tuple[NeighbourhoodRisk, ...]:
        """What each is expected to have, by the forecast in force; nothing where there is none."""
        with self._lock:
            kept = self._kept
        if kept is None:
            return ()
        return self._areas.expected(*Grid(kept.forecast.cell_m).centres(kept.forecast.cells), kept.expected)

    def outlines(self) -> tuple[AreaOutline, ...]:
        """Where the named neighbourhoods lie."""
        return self._areas.outlines()

    def with_neighbourhoods(self, spots: tuple[Hotspot, ...]) -> tuple[Hotspot, ...]:
        """Each with the name of the neighbourhood that its cell lies in."""
        areas = self._areas
        if not areas.areas or not spots:
            return spots
        of = areas.find_numbers(np.array([spot.latitude for spot in spots]), np.array([spot.longitude for spot in spots]))
        return tuple(
            replace(spot, neighbourhood=areas.names[place]) if place >= 0 else spot for spot, place in zip(spots, of.tolist(), strict=True)
        )

    def _nights(self, done_ns: int) -> Nightly:
        return Nightly(lambda: self._settings.now().risk.retrain_hour_utc, self._if_enabled, self._clock, done_ns)

    def changed(self, before: RiskSettings) -> None:
        """The settings are others now: what was learnt for other cells or another window is learnt anew; one that is off has no trouble."""
        settings = self._settings.now().risk
        if before.enabled and not settings.enabled:
            self._trouble.tell(None)
        if (settings.cell_m, settings.window_days) != (before.cell_m, before.window_days) and self._training.trained_ns:
            self._if_enabled()

    def _if_enabled(self) -> None:
        if self._settings.now().risk.enabled:
            self.retrain()
        else:
            training_notes.note_off()

    def _body(self, _: str, progress: Progress) -> str:
        """Thread of the job. Whatever it ends with, is told."""
        before = self._training
        begun = replace(before, state=TrainingState.RUNNING, started_ns=self._clock.now_ns(), ended_ns=0, progress=0.0, trouble="")
        ended = self._failed_training(begun, _INSIDE)
        try:
            self._publish_training(begun)
            training_notes.note_begun(self._folder, begun, self._settings.now().risk.window_days)
            ended, message = self._learn_forecast(begun, progress)
            return message
        except Cancelled:
            ended = before
            raise
        except WatchroomError as error:
            ended = self._failed_training(begun, f"Training failed: {str(error).rstrip('.')}. {KEPT}")
            raise
        finally:
            with self._lock:
                self._job = ""
            told = ended if ended is before else replace(ended, ended_ns=self._clock.now_ns())
            self._publish_training(told)
            self._trouble.tell(told.trouble or None)
            training_notes.note_ended(self._folder, told, 0 if ended is before else self.nightly.next_ns())

    def _learn_forecast(self, begun: Training, progress: Progress) -> tuple[Training, str]:
        """How it ended, and that in words. Raises Cancelled, WatchroomError."""
        settings = self._settings.now().risk
        past = self._past(begun.started_ns - settings.window_days * DAY_NS, begun.started_ns)
        if not len(past):
            skipped = replace(begun, state=TrainingState.SKIPPED, progress=0.0, incidents=0, cells=0)
            return skipped, f"Skipped: no incidents in the last {settings.window_days} days."

        def report_progress(done: int, total: int) -> None:
            progress.at(done, total)
            self._publish_training(replace(begun, progress=done / total, incidents=len(past)))

        learnt = learn_forecast(Grid(settings.cell_m), past, begun.started_ns, report_progress)
        counted = replace(begun, incidents=learnt.incidents, cells=len(learnt.forecast.cells))
        done = replace(counted, state=TrainingState.DONE, progress=1.0, trained_ns=begun.started_ns)
        kept = KeptForecast(learnt.forecast, learnt.expected, replace(done, ended_ns=self._clock.now_ns()), learnt.score)
        write_forecast(self._folder, kept)  # first: what cannot be kept is not used either
        self._use(kept)
        training_notes.note_score(kept.score)
        return done, f"Trained on {learnt.incidents:,} incidents."

    def _use(self, kept: KeptForecast) -> None:
        with self._lock:
            self._kept = kept
        self._side.scored(kept.score)
        self._side.use_forecast(kept.forecast)

    def _failed_training(self, begun: Training, trouble: str) -> Training:
        return replace(begun, state=TrainingState.FAILED, progress=0.0, trouble=trouble)

    def _publish_training(self, training: Training) -> None:
        self._training = training
        self._side.trained(replace(training, next_ns=self.nightly.next_ns()))

    def _load_areas(self) -> None:
        try:
            text = (self._folder / NEIGHBOURHOODS).read_text("utf-8")
            self._areas = read_neighbourhoods(text)
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError, WatchroomError) as error:
            log.error("the neighbourhoods in %s are not used: %s", NEIGHBOURHOODS, error)
