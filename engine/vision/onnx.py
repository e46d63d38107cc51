"""One network with one picture for its input: a file in, arrays out."""

from pathlib import Path

from engine.inference.runner import CPU_DOOR, Blob, Door, damaged
from engine.model.geometry import Floats

Shape = tuple[int | str | None, ...]


class Network:
    """A loaded network with one picture input of fixed size. One thread at a time."""

    def __init__(
        self, path: Path, input_shape: tuple[int | str, ...], output_shapes: tuple[tuple[int | str, ...], ...], door: Door = CPU_DOOR
    ) -> None:
        """`door`: decides what runs it.

        Raises:
            EnvironmentFault: `model_damaged`; the file is missing, is no network, or is not the network that it should be.
        """
        self._runner = door.open(path)
        inputs, outputs = self._runner.inputs, self._runner.outputs
        self._input_name = inputs[0].name
        found = (inputs[0].shape, tuple(output.shape for output in outputs))
        fits = len(inputs) == 1 and len(outputs) == len(output_shapes) and _fits(inputs[0].shape, input_shape)
        if not fits or not all(_fits(output.shape, wanted) for output, wanted in zip(outputs, output_shapes, strict=True)):
            raise damaged(path, f"expected input and outputs {(input_shape, output_shapes)}, found {found}")

    @property
    def provider(self) -> str:
        """What runs it: an execution provider of onnxruntime, or another library by its name."""
        provider = self._runner.provider
        return provider.native or provider.label

    @property
    def provider_label(self) -> str:
        """What runs it now, a proper name: a device that is lost leaves it to the CPU."""
        return self._runner.provider.label

    def run(self, blob: Blob) -> list[Floats]:
        """The outputs, in the order of the file, for one float32 input of the declared shape."""
        return self._runner.run({self._input_name: blob})


def _fits(found: Shape, wanted: tuple[int | str, ...]) -> bool:
    """A dimension that is free keeps its name with some libraries only."""
    return len(found) == len(wanted) and all(
        one == other or (one is None and isinstance(other, str)) for one, other in zip(found, wanted, strict=True)
    )
