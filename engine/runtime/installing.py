"""Installing models as a job."""

from pathlib import Path

from engine.runtime.engine import Engine
from engine.runtime.jobs import Progress


def install_models(engine: Engine, ids: tuple[str, ...], folder: str) -> str:
    """Start it; gives the job's id. Installed models are in use as soon as each is whole."""

    def body(_: str, progress: Progress) -> str:
        def on_progress(model_id: str, done: int, total: int) -> None:
            progress.at(done, total, model_id)

        try:
            installed = engine.models.install(ids, Path(folder) if folder else None, on_progress, progress.is_cancelled)
        finally:
            engine.models_changed()
        progress.check()
        return f"Installed {', '.join(installed)}." if installed else "Nothing was missing."

    return engine.jobs.start("install_models", "Install models", body)
