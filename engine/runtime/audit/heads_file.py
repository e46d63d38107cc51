"""The file with the signed heads of the audit, and a copy of it beside: lines are only ever added, to both."""

import os
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.recording.files import sync_folder
from engine.runtime.atomic_file import write_atomically

LONGEST_LINE = 4096


def copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def append_head(path: Path, line: bytes) -> None:
    """On the disk when this returns, and in the copy, with what that lacked. Raises OSError, EnvironmentFault `disk_full`."""
    _append(path, line)
    _catch_up(path, copy_of(path))


def last_lines(path: Path) -> list[bytes]:
    """Some of the last whole lines. Raises OSError."""
    return _tail(path).split(b"\n")[:-1]


def mend_heads(path: Path) -> bool:
    """Whether lines were missing and are there again from the copy. A copy is made where there is none; one that differs is left alone.

    Raises OSError; EnvironmentFault `not_written`.
    """
    copy = copy_of(path)
    if path.exists() and copy.exists() and path.stat().st_size == copy.stat().st_size and _tail(path) == _tail(copy):
        return False
    content, copied = _whole_lines(path), _whole_lines(copy)
    if len(content) < len(copied) and copied.startswith(content):
        write_atomically(path, copied)
        return True
    if len(copied) < len(content) and content.startswith(copied):
        write_atomically(copy, content)
    return False


def _append(path: Path, line: bytes) -> None:
    """One write and an fsync. What a crash left of a line before is cut off: it was never told to be there."""
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with open(handle, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LONGEST_LINE))
        tail = file.read()
        file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)
        if file.write(line) != len(line):
            raise EnvironmentFault("disk_full", f"The disk is full: {path} cannot grow. Free some space.")
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)


def _catch_up(path: Path, copy: Path) -> None:
    tail = _tail(copy) if copy.exists() else b""
    held = copy.stat().st_size - (len(tail) - tail.rfind(b"\n") - 1) if tail else 0  # but for what a crash left of a last line
    with path.open("rb") as file:
        file.seek(held)
        missing = file.read()
    if missing:
        _append(copy, missing)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 8 * LONGEST_LINE))
        return file.read()


def _whole_lines(path: Path) -> bytes:
    """Nothing where there is no file, or one whose blocks were never written."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1] if content.strip(b"\0") else b""
