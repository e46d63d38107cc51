"""Models that a start is given as a folder: for unattended runs, which nobody asks for them."""

import logging
from pathlib import Path

from engine.model.errors import InputError
from engine.vision.installer import never
from engine.vision.models import ModelStore

log = logging.getLogger(__name__)


def install_given_models(folder: Path | None, models: ModelStore | None = None) -> None:
    """Install what is missing and stands in `folder`; what does not is logged, and the start goes on without it.

    Raises:
        InputError: `models`; the folder cannot be read.
    """
    if folder is None:
        return
    try:
        results = (models or ModelStore()).install_each((), folder, lambda model_id, done, total: None, never)
    except InputError as error:
        raise InputError("models", error.message) from error
    for result in results:
        if result.fault is not None:
            log.warning("not installed: %s", result.fault)
        elif result.new:
            log.info("model %s %s", result.id, result.note)
    if not any(result.variant for result in results) and results:
        log.warning("%s holds no file of a missing model", folder)
