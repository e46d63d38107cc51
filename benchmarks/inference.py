"""Every model on every provider of this machine: time of a run, processor time, and how far it is from the CPU; and pictures in batches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.report import Case, at_most, case
from console.progress import step
from engine.inference.provider import CPU, Provider, available, cpu
from engine.inference.runner import Runner, open_runner
from engine.inference.trial import TOLERANCE, TrialQuestion, measure, pattern, try_provider
from engine.runtime.inference.trials import ROLES, scale_of
from engine.vision.manifest import built_in_manifest

_BATCHES = (1, 2, 4, 8)


def run(folder: Path, threads: tuple[int, ...]) -> dict[str, Any]:
    """`folder`: of the model files, by their usual names."""
    providers = (*(cpu(count) for count in threads), *available())
    cases: list[Case] = []
    for model, path, scale in _models(folder):
        for provider in providers:
            step(f"{model} on {provider.label}", len(cases))
            cases.append(_on(model, path, provider, scale))
        cases.extend(_batches(model, path))
    apart = [one["metrics"]["deviation"] for one in cases if one["metrics"].get("deviation") is not None]
    targets = [at_most("deviation from the CPU of what is used", TOLERANCE, max(apart, default=None))]
    return {"bench": "inference", "cases": cases, "targets": targets}


def _models(folder: Path) -> Iterator[tuple[str, Path, float]]:
    for spec in (spec for spec in built_in_manifest().models if spec.role in ROLES):
        for file in spec.files:
            if (folder / file.name).is_file():
                yield spec.id, folder / file.name, scale_of(file.adapter)


def _on(model: str, path: Path, provider: Provider, scale: float) -> Case:
    """As the engine tries it, and as long as one waits besides, which depends on what else the machine does."""
    trial = try_provider(TrialQuestion(path, provider, scale))
    name, params = f"{model} on {provider.label}", {"provider": provider.label, "batch": 1}
    if trial.refusal:
        return case(f"{name}: refused", params, {"ms": None, "processor ms": None, "waited ms": None, "deviation": None})
    runner = open_runner(path, provider)
    waited_ms, _ = measure(runner, {each.name: pattern(each.shape, 0) for each in runner.inputs})
    metrics = {"ms": trial.ms, "processor ms": trial.processor_ms, "waited ms": waited_ms, "deviation": trial.deviation}
    return case(name, params, {key: float(f"{value:.4g}") for key, value in metrics.items()})


def _batches(model: str, path: Path) -> Iterator[Case]:
    """On the CPU, per picture; nothing for a network whose file says how many it takes."""
    runner: Runner = open_runner(path, CPU)
    if isinstance(runner.inputs[0].shape[0], int):
        return
    for batch in _BATCHES:
        waited_ms, processor_ms = measure(runner, {each.name: pattern(each.shape, 0, batch) for each in runner.inputs})
        metrics = {"processor ms": round(processor_ms / batch, 2), "waited ms": round(waited_ms / batch, 2)}
        yield case(f"{model} on {CPU.label}, {batch} at once, per picture", {"provider": CPU.label, "batch": batch}, metrics)
