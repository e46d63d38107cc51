"""Is somebody speaking? The Silero network on onnxruntime, 32 ms at a time (github.com/snakers4/silero-vad, version 6)."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.inference.provider import CPU
from engine.inference.runner import damaged, open_runner

Samples = npt.NDArray[np.float32]

RATE_HZ = 16_000
VOICE = "silero-vad"  # its model
WINDOW = 512
"""Samples per step: 32 ms."""
_CONTEXT = 64
_INPUTS = {"input", "state", "sr"}


class VoiceActivity:
    """Carries a state from window to window: one per microphone, one thread at a time. About 0.1 ms a window."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            EnvironmentFault: `model_damaged`; the file is missing, is no network, or another one.
        """
        self._runner = open_runner(path, CPU)  # 0.2 ms a window: handing it to a device would take longer
        names = {one.name for one in self._runner.inputs}
        if names != _INPUTS:
            raise damaged(path, f"expected the inputs {sorted(_INPUTS)}, found {sorted(names)}")
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
        output, self._memory = self._runner.run({"input": heard, "state": self._memory, "sr": self._rate})
        self._context = window[-_CONTEXT:].copy()
        return float(output[0, 0])
