"""Functions of scipy, which carries no types, without the packages around them.

A package of scipy brings along all that it is made of: `scipy.optimize` loads 515 modules, takes 50 MB and holds every thread up for a
third of a second, for one function of a compiled module that needs none of them. Such a module is loaded by itself. Where scipy is laid
out in another way, the package is loaded and gives the same function.
"""

from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any


@cache
def scipy_function(package: str, compiled: str, name: str) -> Any:
    """
    Args:
        package: that gives the function to everybody, as "optimize". compiled: the module in it that holds the function, as "_lsap".
    """
    module = _compiled_module(package, compiled)
    if module is not None and hasattr(module, name):
        return getattr(module, name)
    return getattr(import_module(f"scipy.{package}"), name)


@cache
def _compiled_module(package: str, compiled: str) -> ModuleType | None:
    """None where there is no such file, or where it needs more than itself."""
    folder = Path(import_module("scipy").__path__[0], *package.split("."))
    full_name = f"scipy.{package}.{compiled}"
    for path in (folder / f"{compiled}{suffix}" for suffix in EXTENSION_SUFFIXES):
        spec = spec_from_file_location(full_name, path, loader=ExtensionFileLoader(full_name, str(path))) if path.is_file() else None
        if spec is not None and spec.loader is not None:
            try:
                module = module_from_spec(spec)
                spec.loader.exec_module(module)
            except ImportError:
                return None
            return module
    return None
