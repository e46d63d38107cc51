"""Builds the compiled kernels beside their source; `python -m engine.radio.kernels.build` does so by hand, and so does the wheel.

Needs cffi, setuptools, a C compiler and Python's headers. The product does without them: numpy comes to the same numbers. Imports nothing
of the product, so that it can be loaded where only the tools of a build are installed.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

MODULE = "_compiled"
HEADERS = ("kernels.h", "bank.h", "doppler.h", "jolts.h", "clouds.h", "fit.h")
CODE = ("kernels.c", "bank.c", "doppler.c", "jolts.c", "clouds.c", "fit.c")
SOURCE = (*HEADERS, *CODE)
_FLAGS = [] if os.name == "nt" else ["-O3", "-fno-math-errno", "-ffp-contract=off"]


def digest(folder: Path) -> str:
    """Of the source in a folder, by which a build of an older one is known; "" where there is none, as in a bundle."""
    files = [folder / name for name in SOURCE]
    if not all(file.is_file() for file in files):
        return ""
    return hashlib.sha256(b"\0".join(file.read_bytes().replace(b"\r\n", b"\n") for file in files)).hexdigest()


def build(folder: Path) -> Path:
    """Compile what lies in `folder` and put the module there. Raises whatever the compiler, or its absence, does."""
    from cffi import FFI  # only to build

    header, code = ("\n".join((folder / name).read_text("utf-8") for name in names) for names in (HEADERS, CODE))
    ffi = FFI()
    ffi.cdef(f"{header}\nextern char kernel_source[65];")
    ffi.set_source(
        MODULE, f'#include <stdint.h>\n{header}\n{code}\nchar kernel_source[65] = "{digest(folder)}";', extra_compile_args=_FLAGS
    )
    with tempfile.TemporaryDirectory() as place, redirect_stdout(sys.stderr):
        made = Path(ffi.compile(tmpdir=place, verbose=False))
        waiting = folder / f"{made.name}.{os.getpid()}"
        shutil.copyfile(made, waiting)
        return waiting.replace(folder / made.name)  # whoever has the old one loaded keeps it


if __name__ == "__main__":
    build(Path(__file__).parent)
