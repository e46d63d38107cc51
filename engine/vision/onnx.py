"""One network on onnxruntime: a file in, arrays out."""

from pathlib import Path
from typing import Any

import numpy.typing as npt

from engine._onnx import damaged, open_session
from engine.model.geometry import Floats

Blob = npt.NDArray[Any]


class Network:
    """A loaded network with one picture input of fixed size. Runs on the calling thread alone."""

    def __init__(self, path: Path, input_shape: tuple[int | str, ...], output_shapes: tuple[tuple[int | str, ...], ...]) -> None:
        """
        Raises:
            EnvironmentFault: `model_damaged`; the file is missing, is no network, or is not the network that it should be.
        """
        self._session: Any = open_session(path)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        self._input_name: str = inputs[0].name
        found = (tuple(inputs[0].shape), tuple(tuple(output.shape) for output in outputs))
        if len(inputs) != 1 or found != (input_shape, output_shapes):
            raise damaged(path, f"expected input and outputs {(input_shape, output_shapes)}, found {found}")

    @property
    def provider(self) -> str:
        """What runs it, in onnxruntime's words: `CPUExecutionProvider`."""
        return str(self._session.get_providers()[0])

    def run(self, blob: Blob) -> list[Floats]:
        """The outputs, in the order of the file, for one float32 input of the declared shape."""
        return self._session.run(None, {self._input_name: blob})
