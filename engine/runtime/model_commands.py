"""Commands: installing models and measuring what runs them, as jobs."""

from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditVerb
from engine.model.command import InstallModels, MeasureModels
from engine.model.errors import InputError
from engine.runtime.inference.inference_side import InferenceSide
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.operations.spec import OUTCOME, Commands, CommandSpec, NotUndoable, audited, not_audited, site_wide
from engine.vision.manifest import ModelSpec
from engine.vision.models import ModelStore


class ModelHost(Protocol):
    """What these operations need of the engine."""

    @property
    def jobs(self) -> Jobs: ...

    @property
    def models(self) -> ModelStore: ...

    @property
    def inference(self) -> InferenceSide: ...

    def models_changed(self) -> None: ...


def _install(engine: ModelHost, command: InstallModels, _: Session) -> str:
    """Start it; gives the job's id. Installed models are in use as soon as each is whole."""

    def body(_: str, progress: Progress) -> str:
        def on_progress(model_id: str, done: int, total: int) -> None:
            progress.at(done, total, _doing(engine.models.spec(model_id), done, from_network=not command.folder))

        try:
            installed = engine.models.install(
                command.ids, Path(command.folder) if command.folder else None, on_progress, progress.is_cancelled
            )
        finally:
            engine.models_changed()
        progress.check()
        return f"Installed {', '.join(installed)}." if installed else "Nothing was missing."

    return engine.jobs.start("install_models", "Install models", body)


def _doing(spec: ModelSpec, done: int, from_network: bool) -> str:
    """What the job does now. Before the first byte the server has not answered yet."""
    return f"{spec.title}: connecting to {urlsplit(spec.url).hostname}" if from_network and not done else spec.title


def _measure(engine: ModelHost, command: MeasureModels, _: Session) -> str:
    """Start it; gives the job's id. A model runs on what is fastest as soon as all of its providers were tried."""
    measurable = engine.inference.measurable()
    for model_id in command.ids:
        if model_id not in measurable:
            raise InputError("ids", f"{model_id!r} is none of {', '.join(measurable)}" if measurable else "no model is installed")
    return engine.jobs.start("measure_models", "Measure models", lambda _, progress: engine.inference.measure(command.ids, progress), 1)


COMMANDS: Commands[ModelHost] = (
    CommandSpec(
        InstallModels,
        handler=_install,
        scope=site_wide,
        audit=audited(AuditVerb.INSTALL_MODELS, OUTCOME),
        undo=NotUndoable("installed models stay"),
        durable=False,
    ),
    CommandSpec(
        MeasureModels,
        handler=_measure,
        scope=site_wide,
        audit=not_audited("each detection says what ran it, and what runs it has to give the results of the CPU within a hundredth"),
        undo=NotUndoable("the next measurement replaces it"),
        durable=False,
    ),
)
