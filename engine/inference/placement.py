"""Where each model runs, and why."""

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from engine.inference.provider import CPU, Provider, cpu
from engine.inference.runner import Blob, Runner, open_runner
from engine.inference.trial import Trial
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.model.health import ModelRun, TriedProvider
from engine.model.settings import AUTO_PROVIDER, DetectionSettings
from engine.model.value_class import dataclass

log = logging.getLogger(__name__)

_WORTH = 0.9  # of the CPU's time: whatever gains less stays where it is
_NEW_SHARE = 0.1  # of the newest run in the time that is shown


def spare_cores() -> int:
    """For one run of a network: half of the machine is for networks, two of which may run at the same time."""
    return max(1, (os.cpu_count() or 1) // 4)


class Placement:
    """A `Door`. Any thread. Files are known by their names, which hold the digest."""

    def __init__(self, wanted: DetectionSettings | None = None) -> None:
        self._lock = threading.Lock()
        self._wanted = wanted or DetectionSettings()
        self._here: frozenset[str] | None = None  # None: nobody has looked yet
        self._trials: dict[str, tuple[Trial, ...]] = {}
        self._open: dict[str, _ModelPlace] = {}

    def want(self, wanted: DetectionSettings) -> None:
        with self._lock:
            self._wanted = wanted

    def set_available(self, here: frozenset[str]) -> None:
        """Names of the providers that are there besides the CPU."""
        with self._lock:
            self._here = here

    def available(self) -> tuple[str, ...]:
        """Names of the providers that are there besides the CPU, sorted; none where nobody has looked yet."""
        with self._lock:
            return tuple(sorted(self._here or ()))

    def learn(self, model: str, trials: tuple[Trial, ...]) -> None:
        with self._lock:
            self._trials[model] = trials

    def open(self, path: Path) -> Runner:
        """Raises EnvironmentFault: `model_damaged`."""
        model = path.stem
        chosen, failure = self.choose(model)[0], ""
        try:
            runner = open_runner(path, chosen)
        except EnvironmentFault as fault:
            if fault.reason != "provider":
                raise
            failure = f"{fault} It runs on the CPU."
            runner = open_runner(path, CPU)
        with self._lock:
            self._open[model] = _ModelPlace(chosen, runner.provider, failure)
        return _Timed(path, runner, self)

    def fall_back(self, path: Path, error: Exception) -> Runner:
        """The same network on the CPU, as what runs it failed in the middle of its work."""
        runner = open_runner(path, CPU)
        with self._lock:
            placed = self._open[path.stem]
            was = placed.provider.label
            placed.provider, placed.failure = CPU, f"{was} failed: {str(error).splitlines()[0][:200]}. It runs on the CPU."
        log.error("%s: %s", path.name, placed.failure)
        return runner

    def choose(self, model: str) -> tuple[Provider, str]:
        """What runs it, and why that is not what was set; the reason is empty where it is."""
        with self._lock:
            own, here, trials = self._wanted.provider_of(_model_id(model)), self._here, self._trials.get(model, ())
        wanted, threads = own.provider, own.threads
        on_cpu = cpu(threads or 1)
        usable = [trial for trial in trials if not trial.refusal and (trial.provider.name != CPU.name or not threads)]
        if wanted not in (AUTO_PROVIDER, CPU.name):
            set_by_hand = [trial for trial in usable if trial.provider.name == wanted]
            refusal = next((trial.refusal for trial in trials if trial.refusal and trial.provider.name == wanted), "")
            return (min(set_by_hand, key=_cost).provider, "") if set_by_hand else (on_cpu, _missing(wanted, here, refusal))
        plain = next((trial for trial in trials if trial.provider == CPU), None)
        best = min((trial for trial in usable if wanted in (AUTO_PROVIDER, trial.provider.name)), key=_cost, default=None)
        gains = best is not None and plain is not None and _cost(best) < _WORTH * _cost(plain)
        return (best.provider if best is not None and gains else on_cpu), ""

    def stale(self, only: str = "") -> bool:
        """Whether a model would be placed otherwise if it were opened now. `only`: asked of one, by the name of its file."""
        with self._lock:
            chosen = {model: placed.chosen for model, placed in self._open.items() if only in ("", model)}
        return any(self.choose(model)[0] != provider for model, provider in chosen.items())

    def took(self, model: str, seconds: float) -> None:
        with self._lock:
            placed, ms = self._open[model], seconds * 1000
            placed.ms += (_NEW_SHARE if placed.ms else 1.0) * (ms - placed.ms)

    def runs(self) -> tuple[ModelRun, ...]:
        """Of all models that were opened, by name."""
        with self._lock:
            placed, trials = dict(self._open), dict(self._trials)
        return tuple(self._run(model, placed[model], trials.get(model, ())) for model in sorted(placed))

    def _run(self, model: str, placed: "_ModelPlace", trials: tuple[Trial, ...]) -> ModelRun:
        tried = tuple(TriedProvider(trial.provider.label, trial.ms, trial.refusal) for trial in trials)
        return ModelRun(_model_id(model), placed.provider.label, placed.ms, placed.failure or self.choose(model)[1], tried)


@dataclass(slots=True)
class _ModelPlace:
    """`chosen` failed where it is not `provider`; `failure` says why."""

    chosen: Provider
    provider: Provider
    failure: str
    ms: float = 0.0


class _Timed:
    """Says how long it takes, and goes on with the CPU where a device is lost."""

    def __init__(self, path: Path, runner: Runner, placement: Placement) -> None:
        self._path, self._runner, self._placement = path, runner, placement
        self.inputs, self.outputs = runner.inputs, runner.outputs

    @property
    def provider(self) -> Provider:
        return self._runner.provider

    def run(self, feed: Mapping[str, Blob]) -> list[Floats]:
        begun_s = time.perf_counter()
        try:
            found = self._runner.run(feed)
        except Exception as error:
            if self._runner.provider.name == CPU.name:
                raise
            self._runner = self._placement.fall_back(self._path, error)
            found = self._runner.run(feed)
        self._placement.took(self._path.stem, time.perf_counter() - begun_s)
        return found


def _model_id(file: str) -> str:
    """Of the manifest; the name of the file ends with the digest."""
    return file.rpartition("-")[0] or file


def _cost(trial: Trial) -> float:
    """More threads make a run shorter and the sum of all runs longer, which counts as soon as there are fewer cores than work."""
    return max(trial.ms, trial.processor_ms / spare_cores())


def _missing(wanted: str, here: frozenset[str] | None, refused: str) -> str:
    if refused:
        return f"{refused} It runs on the CPU."
    if here is not None and wanted not in here:
        return f"The provider {wanted} is not available on this machine. It runs on the CPU."
    return f"The provider {wanted} has not been tested with this model yet. It runs on the CPU."
