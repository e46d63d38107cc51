"""What became of learning the forecast: lines in the log when it begins and ends, and a card beside the forecast for after a restart.

The file of the forecast only tells of the last time that one was learnt; the card also of one that was skipped, failed or was cut off.
"""

import json
import logging
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.risk.risk import MapScore, Training, TrainingState
from engine.model.time import SECOND, to_iso
from engine.model.wire import read_as, to_plain
from engine.runtime.atomic_file import write_atomically

log = logging.getLogger(__name__)

CARD = "risk_training.json"
CUT_OFF = "Watchroom stopped during training."


def note_begun(folder: Path, begun: Training, window_days: int) -> None:
    log.info("Learning the forecast of incidents began, from the last %d days", window_days)
    _write_notes(folder, begun)


def note_ended(folder: Path, ended: Training, next_ns: int) -> None:
    """`next_ns` 0: it was cancelled, and `ended` is what holds again."""
    _write_notes(folder, ended)
    if not next_ns:
        log.warning("Learning the forecast of incidents was cancelled; the forecast of before stays in force")
        return
    took_s, following = (ended.ended_ns - ended.started_ns) / SECOND, to_iso(next_ns)
    match ended.state:
        case TrainingState.DONE:
            figures = took_s, ended.incidents, ended.cells, following
            log.info("Learning the forecast of incidents finished after %.1f s: %d incidents, %d cells; learnt again %s", *figures)
        case TrainingState.SKIPPED:
            log.info("Learning the forecast of incidents was skipped: no incidents to learn from; tried again %s", following)
        case _:
            log.error("Learning the forecast of incidents failed after %.1f s: %s Tried again %s", took_s, ended.trouble, following)


def note_score(score: MapScore | None) -> None:
    if score is None:
        log.info("The forecast of incidents was not scored: there were too few days with incidents")
        return
    beats = "better than every peer" if score.beats else "not surely better than every peer"
    where = f"{score.hit:.1%} of {score.incidents} incidents in the riskiest {score.area_share:.3%} of the area"
    log.info("Score of the forecast over %d days: %s (%.1f–%.1f %%), PAI %.2f; %s", score.days, where, *_bounds(score), score.pai, beats)


def _bounds(score: MapScore) -> tuple[float, float]:
    return 100 * score.low, 100 * score.high


def note_off() -> None:
    log.info("The forecast of incidents is not learnt tonight: the risk map is switched off")


def last_of(folder: Path) -> Training | None:
    """How it ended last; one that was cut off has failed. None: nobody knows, or the card cannot be read (the log says so)."""
    try:
        last = read_as(Training, json.loads((folder / CARD).read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, InputError) as error:
        log.warning("%s cannot be read, so how learning the forecast ended last is not known: %s", CARD, error)
        return None
    if last.state is not TrainingState.RUNNING:
        return last
    log.error("Learning the forecast of incidents, begun %s, was cut off: %s", to_iso(last.started_ns), CUT_OFF)
    return Training(TrainingState.FAILED, last.started_ns, last.started_ns, trouble=CUT_OFF)


def _write_notes(folder: Path, training: Training) -> None:
    """Without it the forecast is learnt as well."""
    try:
        write_atomically(folder / CARD, json.dumps(to_plain(training)).encode())
    except EnvironmentFault as fault:
        log.warning("How learning the forecast of incidents went could not be kept: %s", fault)
