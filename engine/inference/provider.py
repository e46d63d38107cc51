"""What can run a network on this machine."""

import os
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from engine.model.value_class import dataclass


class Library(StrEnum):
    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to run a network.

    Attributes:
        name: as in the settings: `cpu`, `cuda`, `openvino`, ….
        threads: inside the network; it runs on the calling thread alone where it is 1. Of the CPU only.
        device: of OpenVINO: `CPU`, `GPU`, `NPU`. native: its name in onnxruntime.
    """

    name: str
    threads: int = 1
    library: Library = Library.ONNXRUNTIME
    native: str = "CPUExecutionProvider"
    device: str = ""

    @property
    def label(self) -> str:
        """For the screen: a proper name."""
        device = f" {self.device}" if self.device else ""
        return f"{_LABELS[self.name]}{device}" + (f" ×{self.threads}" if self.threads > 1 else "")

    @property
    def on_cpu(self) -> bool:
        return self.name == "cpu" or self.device == "CPU"


# onnxruntime's names, the best of each maker first
_NATIVE = {
    "tensorrt": ("TensorrtExecutionProvider", "NvTensorRTRTXExecutionProvider"),
    "cuda": ("CUDAExecutionProvider",),
    "openvino": ("OpenVINOExecutionProvider",),
    "directml": ("DmlExecutionProvider",),
    "coreml": ("CoreMLExecutionProvider",),
}
_LABELS = {"cpu": "CPU", "tensorrt": "TensorRT", "cuda": "CUDA", "openvino": "OpenVINO", "directml": "DirectML", "coreml": "CoreML"}
_CLASHING = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml")


def provider_name(name: str) -> str:
    """As it is called on screen; `name`: as in the settings."""
    return _LABELS[name]


CPU = Provider("cpu")
"""One thread inside: with two cores and a decoder on the other one, a second thread makes each picture slower, not faster."""


def cpu(threads: int) -> Provider:
    return Provider("cpu", threads)


def available() -> tuple[Provider, ...]:
    """All that is there besides the CPU. Loads the libraries: asked in a process of its own, never at a start."""
    from engine.inference.onnx_runner import provider_names
    from engine.inference.openvino_runner import devices

    here = provider_names()
    of_onnxruntime = [
        Provider(name, native=native) for name, natives in _NATIVE.items() if (native := next((n for n in natives if n in here), ""))
    ]
    of_openvino = [Provider("openvino", library=Library.OPENVINO, native="", device=device) for device in devices()]
    return (*of_onnxruntime, *of_openvino)


def may_have_accelerators() -> bool:
    """Whether it is worth asking `available`. Loads nothing: a plain installation has the CPU alone."""
    plain = _version("onnxruntime") and not clash() and os.name == "posix" and os.uname().sysname != "Darwin"
    return find_spec("openvino") is not None or not plain


def clash() -> str:
    """A sentence where several builds of onnxruntime lie over each other: whichever came last has replaced parts of the others."""
    here = [name for name in _CLASHING if _version(name)]
    if len(here) < 2:
        return ""
    return f"Several builds of one library are installed: {', '.join(here)}. Uninstall all of them, then install the one that is wanted."


def versions() -> str:
    """Of the libraries, as measured figures belong to them."""
    return ", ".join(f"{name} {found}" for name in (*_CLASHING, "openvino") if (found := _version(name)))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
