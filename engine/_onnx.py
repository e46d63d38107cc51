"""The one door to onnxruntime: `from engine._onnx import damaged, open_session`.

It is loaded with the first network: a start without models need not wait for it, and it starts a thread of its own as soon as it is loaded.
"""

from functools import cache
from pathlib import Path
from typing import Any

from engine.model.errors import EnvironmentFault

_ERRORS_ONLY = 3


@cache
def _library() -> Any:
    import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

    return onnxruntime  # it carries no types


@cache
def _bad_file() -> tuple[type[Exception], ...]:
    """There is no common base for the errors that a bad file raises; these are all it defines for loading."""
    state: Any = _library().capi.onnxruntime_pybind11_state
    return (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoModel,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
    )


def open_session(path: Path) -> Any:
    """The file's network, which runs on the calling thread alone.

    One thread inside: with two cores and a decoder on the other one, a second thread makes each picture slower, not faster.

    Raises:
        EnvironmentFault: `model_damaged`; the file is missing or is no network.
    """
    options: Any = _library().SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # A spinning worker would hold the core that a decoder needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return _library().InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _bad_file() as error:
        raise damaged(path, str(error)) from error


def damaged(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault("model_damaged", f"The model file {path.name} cannot be used: {why}. Install it again.")
