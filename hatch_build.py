"""Of `pip install` and of wheels: compiles the radio kernels where there is a compiler, and says so where there is none."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_KERNELS = Path("engine", "radio", "kernels")


class KernelBuild(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        folder = Path(self.root) / _KERNELS
        try:
            _builder(folder / "build.py").build(folder)
        except Exception as error:  # noqa: BLE001  # no cffi, no compiler, no headers: each says so in its own way
            self.app.display_warning(f"The radio kernels are not compiled, numpy runs in their place (slower): {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def _builder(file: Path) -> Any:
    """By its file: importing the package it lies in would need numpy."""
    spec = importlib.util.spec_from_file_location("kernel_build", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
