"""Networks on Intel's OpenVINO, by its own package: it reads ONNX files itself, and lies beside any build of onnxruntime."""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.inference.provider import Provider
from engine.inference.runner import Blob, Tensor, cannot_run
from engine.model.geometry import Floats


@cache
def _core() -> Any:
    import openvino  # pyright: ignore

    return openvino.Core()  # pyright: ignore


def devices() -> tuple[str, ...]:
    """`CPU`, `GPU`, `NPU`, …, as far as they are there; nothing where the package is not installed."""
    if find_spec("openvino") is None:
        return ()
    return tuple(str(name) for name in _core().available_devices)


class OpenVinoRunner:
    """One request at a time."""

    def __init__(self, path: Path, provider: Provider) -> None:
        """Raises EnvironmentFault: `provider`."""
        self.provider = provider
        if find_spec("openvino") is None:
            raise cannot_run(provider, path, "the package openvino is not installed")
        try:
            compiled: Any = _core().compile_model(str(path), provider.device, _settings(provider))
            self._request: Any = compiled.create_infer_request()
        except RuntimeError as error:  # all that OpenVINO raises: no such device, an operation that it does not know, a bad file
            raise cannot_run(provider, path, _last_line(str(error))) from error
        self.inputs = tuple(_tensor(one) for one in compiled.inputs)
        self.outputs = tuple(_tensor(one) for one in compiled.outputs)

    def run(self, feed: Mapping[str, Blob]) -> list[Floats]:
        return list(self._request.infer(feed, share_inputs=True).values())


def _settings(provider: Provider) -> dict[str, Any]:
    """Whole float32 numbers, as the CPU's results are the measure; and no thread of its own is bound to a core that a decoder uses."""
    chosen: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if provider.device == "CPU":
        chosen |= {"INFERENCE_NUM_THREADS": provider.threads, "ENABLE_CPU_PINNING": False}
    return chosen


def _tensor(port: Any) -> Tensor:
    shape = tuple(None if each.is_dynamic else int(each.get_length()) for each in port.get_partial_shape())
    return Tensor(str(port.get_any_name()), shape)


def _last_line(text: str) -> str:
    """What went wrong stands below the places where it did."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("Exception from", "Check '"))]
    return lines[0] if lines else text
