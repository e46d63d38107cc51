"""Which provider runs each model of this engine."""

import logging
import threading
from dataclasses import replace
from typing import Protocol

from engine.inference.placement import spare_cores
from engine.inference.provider import CPU, Provider, clash, cpu, may_have_accelerators
from engine.model.settings import AUTO_PROVIDER, Settings
from engine.runtime.basis import Basis
from engine.runtime.inference.kept_trials import TrialFile, read_kept, write_kept
from engine.runtime.inference.trials import ROLES, providers_here, scale_of, tried
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.vision.models import InstalledModel

log = logging.getLogger(__name__)

FIRST_S = 20.0  # after the start: pictures come first
AGAIN_S = 300.0  # after a measurement that says nothing, because the machine was busy
_MOST_THREADS = 4


class ModelUsers(Protocol):
    """Those who have models open."""

    def models_changed(self) -> None:
        """Open them anew."""
        ...


class InferenceSide(Side):
    """Measures after the first pictures, once on a machine, and only where there is a choice."""

    def __init__(self, basis: Basis, users: ModelUsers, first_s: float = FIRST_S) -> None:
        self._basis, self._users, self._first_s = basis, users, first_s
        self._placement = basis.placement
        self._woken = threading.Event()
        self._kept = read_kept(basis.data.path)
        self._again = False
        self._here: tuple[Provider, ...] | None = None
        self._take_kept()

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("inference", self.run)

    def on_settings(self, settings: Settings) -> None:
        self._placement.want(settings.detection.provider, settings.detection.threads)
        self._woken.set()

    def on_models_changed(self) -> None:
        self._woken.set()

    def on_stop(self) -> None:
        self._woken.set()

    def run(self, stopping: threading.Event) -> None:
        stopping.wait(self._first_s)
        self._basis.troubles.tell("inference", clash() or None)
        while not stopping.is_set():
            self._woken.clear()
            self._again = False
            self._try_all(stopping)
            if not stopping.is_set() and self._placement.stale():
                log.info("models are opened anew: %s", "; ".join(f"{run.model} on {run.provider}" for run in self._placement.runs()))
                self._users.models_changed()
                self._woken.clear()
            self._woken.wait(AGAIN_S if self._again else None)

    def _try_all(self, stopping: threading.Event) -> None:
        """What is installed and was not tried yet."""
        candidates = self._candidates(stopping)
        if candidates == (CPU,):
            return
        for found in self._installed():
            for provider in candidates:
                if all(trial.provider != provider for trial in self._kept.of(found.path.stem)):
                    trial = tried(found.path, provider, scale_of(found.file.adapter), stopping)
                    if trial is None or stopping.is_set():
                        return
                    if trial.busy:
                        self._again = True
                        continue
                    log.info("%s on %s: %s", found.spec.id, provider.label, trial.refusal or f"{trial.ms:.1f} ms")
                    self._keep(self._kept.with_trial(found.path.stem, trial))

    def _candidates(self, stopping: threading.Event) -> tuple[Provider, ...]:
        """The CPU first."""
        if self._here is None:
            self._here = providers_here(stopping) if may_have_accelerators() else ()
            self._keep(replace(self._kept, here=tuple(sorted({provider.name for provider in self._here}))))
        settings, threads = self._basis.settings.now().detection, min(spare_cores(), _MOST_THREADS)
        more = (cpu(threads),) if threads > 1 and not settings.threads else ()
        others = self._here if settings.provider == AUTO_PROVIDER else tuple(one for one in self._here if one.name == settings.provider)
        return (CPU, *more, *others)

    def _installed(self) -> tuple[InstalledModel, ...]:
        models = self._basis.models
        found = (models.installed(spec.id) for role in ROLES for spec in models.of_role(role))
        return tuple(each for each in found if each is not None)

    def _keep(self, kept: TrialFile) -> None:
        if kept != self._kept:
            self._kept = kept
            write_kept(self._basis.data.path, kept)
        self._take_kept()
        self._placement.set_available(frozenset(kept.here))

    def _take_kept(self) -> None:
        for each in self._kept.models:
            self._placement.learn(each.file, each.trials)
