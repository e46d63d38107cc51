"""One network on onnxruntime: a file in, arrays out."""

from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats

Blob = npt.NDArray[Any]

_ERRORS_ONLY = 3
_ort: Any = onnxruntime  # it carries no types
# There is no common base for the errors that a bad file raises; these are all it defines for loading.
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


class Network:
    """A loaded network with one picture input of fixed size. Runs on the calling thread alone.

    One thread inside: with two cores and a decoder on the other one, a second thread makes each picture slower, not faster.
    """

    def __init__(self, path: Path, input_shape: tuple[int | str, ...], output_shapes: tuple[tuple[int | str, ...], ...]) -> None:
        """
        Raises:
            EnvironmentFault: `model_damaged`; the file is missing, is no network, or is not the network that it should be.
        """
        self._session: Any = _open(path)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        self._input_name: str = inputs[0].name
        found = (tuple(inputs[0].shape), tuple(tuple(output.shape) for output in outputs))
        if len(inputs) != 1 or found != (input_shape, output_shapes):
            raise _damaged(path, f"expected input and outputs {(input_shape, output_shapes)}, found {found}")

    def run(self, blob: Blob) -> list[Floats]:
        """The outputs, in the order of the file, for one float32 input of the declared shape."""
        return self._session.run(None, {self._input_name: blob})


def _open(path: Path) -> Any:
    options: Any = _ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # A spinning worker would hold the core that a decoder needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return _ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _BAD_FILE as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault("model_damaged", f"The model file {path.name} cannot be used: {why}. Install it again.")
