"""The forecast in force as a file of the data folder: whole or not at all, and known to be as it was written."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np

from engine.model.errors import EnvironmentFault, InputError
from engine.model.geometry import Floats
from engine.model.risk.risk import MapScore, RiskForecast, Training
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.runtime.atomic_file import write_atomically

NAME = "risk_forecast.npz"
_MARK = b"watchroom forecast 1 "
_HEAD = len(_MARK) + 64 + 1


@dataclass(frozen=True, slots=True, eq=False)
class KeptForecast:
    """A forecast with what its cells expect (N, 24), how it was learnt and how right it was."""

    forecast: RiskForecast
    expected: Floats
    training: Training
    score: MapScore | None


def write_forecast(folder: Path, kept: KeptForecast) -> None:
    """Raises EnvironmentFault: the file is as it was."""
    told = {
        "cell_m": kept.forecast.cell_m,
        "computed_ns": kept.forecast.computed_ns,
        "expires_ns": kept.forecast.expires_ns,
        "simulated": kept.forecast.simulated,
        "training": to_plain(kept.training),
        "score": None if kept.score is None else to_plain(kept.score),
    }
    packed = io.BytesIO()
    words = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez_compressed(packed, cells=kept.forecast.cells, risks=kept.forecast.risks, expected=kept.expected.astype(np.float32), told=words)
    content = packed.getvalue()
    write_atomically(folder / NAME, _MARK + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def read_forecast(folder: Path) -> KeptForecast | None:
    """None: there is none. Raises EnvironmentFault (`damaged`, `unreadable`)."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnvironmentFault("unreadable", f"The risk forecast {NAME} cannot be read ({error.strerror or error}).") from error
    packed = content[_HEAD:]
    if not content.startswith(_MARK) or content[len(_MARK) : _HEAD - 1] != hashlib.sha256(packed).hexdigest().encode():
        raise _damaged()
    try:
        return _read_forecast(packed)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, InputError) as error:
        raise _damaged() from error


def _read_forecast(packed: bytes) -> KeptForecast:
    with np.load(io.BytesIO(packed), allow_pickle=False) as parts:
        cells, risks, expected = (np.asarray(parts[name]) for name in ("cells", "risks", "expected"))
        told = json.loads(parts["told"].tobytes())
    if cells.dtype != np.int64 or risks.shape != (len(cells), 24) or expected.shape != risks.shape:
        raise ValueError(f"shapes {cells.shape}, {risks.shape}, {expected.shape}")
    times = int(told["computed_ns"]), int(told["expires_ns"])
    simulated = bool(told.get("simulated", False))
    forecast = RiskForecast(float(told["cell_m"]), cells, risks.astype(np.float32), *times, simulated)
    score = None if told["score"] is None else read_as(MapScore, told["score"])
    return KeptForecast(forecast, expected.astype(np.float32), read_as(Training, told["training"]), score)


def _damaged() -> EnvironmentFault:
    return EnvironmentFault("damaged", f"The risk forecast {NAME} is damaged and not used. It will be trained again.")
