"""The one door to onnxruntime: `from engine._onnx import damaged, open_session`."""

from pathlib import Path
from typing import Any

import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

from engine.model.errors import EnvironmentFault

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


def open_session(path: Path) -> Any:
    """The file's network, which runs on the calling thread alone.

    One thread inside: with two cores and a decoder on the other one, a second thread makes each picture slower, not faster.

    Raises:
        EnvironmentFault: `model_damaged`; the file is missing or is no network.
    """
    options: Any = _ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # A spinning worker would hold the core that a decoder needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return _ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _BAD_FILE as error:
        raise damaged(path, str(error)) from error


def damaged(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault("model_damaged", f"The model file {path.name} cannot be used: {why}. Install it again.")
