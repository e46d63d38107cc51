"""Is somebody speaking? The Silero network on onnxruntime, 32 ms at a time (github.com/snakers4/silero-vad, version 6)."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

from engine.model.errors import EnvironmentFault

Samples = npt.NDArray[np.float32]

RATE_HZ = 16_000
WINDOW = 512
"""Samples per step: 32 ms."""
_CONTEXT = 64
_ERRORS_ONLY = 3
_ort: Any = onnxruntime  # it carries no types
_state: Any = _ort.capi.onnxruntime_pybind11_state
_BAD_FILE: tuple[type[Exception], ...] = (
    _state.Fail,
    _state.InvalidArgument,
    _state.InvalidGraph,
    _state.InvalidProtobuf,
    _state.NoModel,
    _state.NoSuchFile,
    _state.NotImplemented,
    _state.RuntimeException,
)
_INPUTS = {"input", "state", "sr"}


class VoiceActivity:
    """Carries a state from window to window: one per microphone, one thread at a time. About 0.1 ms a window."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            EnvironmentFault: `model_damaged`; the file is missing, is no network, or another one.
        """
        self._session: Any = _open(path)
        names = {one.name for one in self._session.get_inputs()}
        if names != _INPUTS:
            raise _damaged(path, f"expected the inputs {sorted(_INPUTS)}, found {sorted(names)}")
        self._rate = np.array(RATE_HZ, np.int64)
        self.reset()

    def reset(self) -> None:
        """Forget what was heard; after a gap."""
        self._memory = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def probability(self, window: Samples) -> float:
        """0–1 that there is speech in (512,) float32 samples of 16 kHz, −1 … 1.

        Raises:
            ValueError: another shape.
        """
        if window.shape != (WINDOW,):
            raise ValueError(f"expected {WINDOW} samples, got shape {window.shape}")
        heard = np.concatenate([self._context, window])[None].astype(np.float32, copy=False)
        output, self._memory = self._session.run(None, {"input": heard, "state": self._memory, "sr": self._rate})
        self._context = window[-_CONTEXT:].copy()
        return float(output[0, 0])


def _open(path: Path) -> Any:
    options: Any = _ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return _ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _BAD_FILE as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault("model_damaged", f"The model file {path.name} cannot be used: {why}. Install it again.")
