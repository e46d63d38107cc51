"""A network that is open, and the door by which one is opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy.typing as npt

from engine.inference.provider import CPU, Library, Provider
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.model.value_class import dataclass

Blob = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output. A dimension that is free is a name, or None where it has none."""

    name: str
    shape: tuple[int | str | None, ...]


class Runner(Protocol):
    """One thread at a time."""

    @property
    def provider(self) -> Provider: ...

    @property
    def inputs(self) -> tuple[Tensor, ...]: ...

    @property
    def outputs(self) -> tuple[Tensor, ...]: ...

    def run(self, feed: Mapping[str, Blob]) -> list[Floats]:
        """The outputs, in the order of the file."""
        ...


class Door(Protocol):
    """Opens networks."""

    def open(self, path: Path) -> Runner:
        """Raises EnvironmentFault: `model_damaged`."""
        ...


def open_runner(path: Path, provider: Provider) -> Runner:
    """
    Raises:
        EnvironmentFault: `model_damaged`; the file is missing or is no network. `provider`; the provider cannot run it.
    """
    if provider.library is Library.OPENVINO:
        from engine.inference.openvino_runner import OpenVinoRunner

        return OpenVinoRunner(path, provider)
    from engine.inference.onnx_runner import OnnxRunner

    return OnnxRunner(path, provider)


class CpuDoor:
    """All on the CPU, one thread each."""

    def open(self, path: Path) -> Runner:
        return open_runner(path, CPU)


CPU_DOOR = CpuDoor()


def damaged(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault("model_damaged", f"The model file {path.name} cannot be used: {why}. Install it again.")


def cannot_run(provider: Provider, path: Path, why: str) -> EnvironmentFault:
    first = why.strip().splitlines()[0][:200] if why.strip() else "no reason given"
    return EnvironmentFault("provider", f"{provider.label} cannot run {path.name} ({first}).")
