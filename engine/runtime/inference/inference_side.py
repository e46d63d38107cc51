"""Which provider runs each model of this engine."""

import logging
import threading
from dataclasses import replace
from typing import Protocol

from engine.inference.placement import spare_cores
from engine.inference.provider import CPU, Provider, clash, cpu, may_have_accelerators
from engine.inference.trial import Trial
from engine.model.settings import AUTO_PROVIDER, Settings
from engine.runtime.basis import Basis
from engine.runtime.inference.kept_trials import TrialFile, read_kept, write_kept
from engine.runtime.inference.trials import ROLES, Stopping, providers_here, scale_of, tried
from engine.runtime.jobs.jobs import Progress
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.vision.models import InstalledModel

log = logging.getLogger(__name__)

FIRST_S = 20.0  # after the start: pictures come first
AGAIN_S = 300.0  # after a measurement that says nothing, because the machine was busy
_MOST_THREADS = 4
_LOOKS_S = 0.2


class ModelUsers(Protocol):
    """Those who have models open."""

    def models_changed(self) -> None:
        """Open them anew."""
        ...


class _Cancelling:
    """A job that may be cancelled, as `Stopping`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def is_set(self) -> bool:
        return self._progress.is_cancelled()


class InferenceSide(Side):
    """Measures after the first pictures, once on a machine, and only where there is a choice; and when somebody asks for it."""

    def __init__(self, basis: Basis, users: ModelUsers, first_s: float = FIRST_S) -> None:
        self._basis, self._users, self._first_s = basis, users, first_s
        self._placement = basis.placement
        self._woken, self._ending = threading.Event(), threading.Event()
        self._measuring = threading.Lock()
        self._reopening = 0  # the thread that has models opened anew
        self._kept = read_kept(basis.data.path)
        self._here: tuple[Provider, ...] | None = None
        self._take_kept()

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("inference", self.run)

    def on_settings(self, settings: Settings) -> None:
        self._placement.want(settings.detection)
        self._woken.set()

    def on_models_changed(self) -> None:
        if threading.get_ident() != self._reopening:
            self._woken.set()

    def on_stop(self) -> None:
        self._ending.set()
        self._woken.set()

    def run(self, stopping: threading.Event) -> None:
        stopping.wait(self._first_s)
        self._basis.troubles.tell("inference", clash() or None)
        while True:
            self._woken.clear()
            if stopping.is_set() or self._ending.is_set():  # looked at behind the line above, which takes back who was woken for the end
                return
            with self._measuring:
                busy = self._try_new(stopping)
                if not stopping.is_set():
                    self._reopen()
            self._woken.wait(AGAIN_S if busy else None)

    def measurable(self) -> tuple[str, ...]:
        """Ids of the installed models that are measured."""
        return tuple(found.spec.id for found in self._installed())

    def measure(self, ids: tuple[str, ...], progress: Progress) -> str:
        """Body of a job: try these models, or all, on everything that is here, whatever is known of it. Gives the closing sentence.

        Raises Cancelled: what was measured by then holds.
        """
        while not self._measuring.acquire(timeout=_LOOKS_S):
            progress.check()
        try:
            return self._measure(ids or self.measurable(), progress)
        finally:
            self._measuring.release()

    def _measure(self, ids: tuple[str, ...], progress: Progress) -> str:
        stopping = _Cancelling(progress)
        self._look_for_providers(stopping)
        progress.check()
        found = [(each, self._all_candidates(each.spec.id)) for each in self._installed() if each.spec.id in ids]
        total, done, busy = sum(len(providers) for _, providers in found), 0, dict[str, None]()
        for model, providers in found:
            for provider in providers:
                progress.at(done, total, f"{model.spec.title}: {provider.label}")
                trial = self._try(model, provider, stopping)
                progress.check()
                if trial is not None and trial.busy:
                    busy[provider.label] = None
                done += 1
            self._reopen(model.path.stem)
        return f"The machine was too busy to measure {', '.join(busy)}. Measure again when it is quiet." if busy else "Measured."

    def _try_new(self, stopping: Stopping) -> bool:
        """What is installed, on what it was not tried on yet. Whether the machine was too busy for one of them."""
        if self._here is None:
            self._look_for_providers(stopping)
        busy = False
        for found in self._installed():
            candidates, file = self._candidates(found.spec.id), found.path.stem
            tried_on = [trial.provider for trial in self._kept.of(file)]
            new = [provider for provider in candidates if candidates != (CPU,) and provider not in tried_on]
            for provider in new:
                trial = self._try(found, provider, stopping)
                if trial is None:
                    return False
                busy = busy or trial.busy
            if new:
                self._reopen(file)
        return busy

    def _try(self, found: InstalledModel, provider: Provider, stopping: Stopping) -> Trial | None:
        """None: stopped meanwhile. What says nothing, as the machine was busy, is not kept."""
        trial = tried(found.path, provider, scale_of(found.file.adapter), stopping)
        if trial is None or stopping.is_set():
            return None
        if not trial.busy:
            log.info("%s on %s: %s", found.spec.id, provider.label, trial.refusal or f"{trial.ms:.1f} ms")
            self._keep(self._kept.with_trial(found.path.stem, trial))
        return trial

    def _reopen(self, file: str = "") -> None:
        """What would run elsewhere now. `file`: only where that one would."""
        if not self._placement.stale(file):
            return
        log.info("models are opened anew: %s", "; ".join(f"{run.model} on {run.provider}" for run in self._placement.runs()))
        self._reopening = threading.get_ident()
        try:
            self._users.models_changed()
        finally:
            self._reopening = 0

    def _look_for_providers(self, stopping: Stopping) -> None:
        here = providers_here(stopping) if may_have_accelerators() else ()
        if not stopping.is_set():  # or nothing was found because nobody looked
            self._here = here
            self._keep(replace(self._kept, here=tuple(sorted({provider.name for provider in here}))))

    def _candidates(self, model_id: str) -> tuple[Provider, ...]:
        """What may run it as it is set. The CPU first."""
        own = self._basis.settings.now().detection.provider_of(model_id)
        threads = 1 if own.threads else _worth_threads()
        here = self._here or ()
        others = here if own.provider == AUTO_PROVIDER else tuple(one for one in here if one.name == own.provider)
        return (CPU, *_on_threads(threads), *others)

    def _all_candidates(self, model_id: str) -> tuple[Provider, ...]:
        """What it can be set to. The CPU first."""
        threads = self._basis.settings.now().detection.provider_of(model_id).threads
        return (CPU, *_on_threads(*sorted({threads, _worth_threads()})), *(self._here or ()))

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


def _worth_threads() -> int:
    """The most inside one model that can be worth it here."""
    return min(spare_cores(), _MOST_THREADS)


def _on_threads(*counts: int) -> tuple[Provider, ...]:
    """The CPU with more threads than one."""
    return tuple(cpu(count) for count in counts if count > 1)
