"""The pipeline's state at one observation number, so that a replay need not start at the beginning. JSON, never pickle."""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, cast

from pydantic_core import to_json

from engine.recording.files import fault, make_folder, remove_parts, remove_quietly, write_whole

_SUFFIX = ".json.z"
_HEAD = struct.Struct("<4sB3xQ32s")  # magic, version, number, SHA-256 of the deflated text
_MAGIC = b"WRcp"
_VERSION = 1
_LONGEST_TEXT = 1 << 30
_NEVER_FOR_SIZE = 2


class Checkpoints:
    """Files `<number>.json.z` in one folder. One thread saves and prunes; any thread may look for the nearest.

    Attributes:
        damaged: names of files that `nearest` had to pass over.
    """

    def __init__(self, folder: Path) -> None:
        """Raises EnvironmentFault."""
        self._folder = folder
        self.damaged: list[str] = []
        make_folder(folder)
        remove_parts(folder)

    def save(self, number: int, state: dict[str, Any]) -> None:
        """Keep plain JSON data as the state after observation `number`. Raises EnvironmentFault; older checkpoints stay then."""
        data = deflated(state)
        head = _HEAD.pack(_MAGIC, _VERSION, number, hashlib.sha256(data).digest())
        try:
            write_whole(self._path(number), head + data)
        except OSError as error:
            raise fault(error, "Could not save a checkpoint of the engine's state") from error

    def nearest(self, at_or_before: int | None = None) -> tuple[int, dict[str, Any]] | None:
        """The newest sound checkpoint at or before a number (None: the newest of all), as (number, state)."""
        for number in sorted(self._numbers(), reverse=True):
            if at_or_before is None or number <= at_or_before:
                state = _read_state(self._path(number), number)
                if state is not None:
                    return number, state
                self._note(self._path(number).name)
        return None

    def remove(self, number: int) -> None:
        remove_quietly(self._path(number))

    def prune(self, keep: int, keep_bytes: int | None = None, held: int | None = None) -> int | None:
        """Remove all but the newest `keep`, and of those the oldest beyond `keep_bytes`; the two newest stay whatever their size, and the
        one from which a replay of observation `held` starts.

        Gives the number of the oldest that is left, None where none is.
        """
        newest_first = sorted(self._numbers(), reverse=True)
        sizes = accumulate(_size(self._path(number)) for number in newest_first)
        fitting = len(newest_first) if keep_bytes is None else max(sum(size <= keep_bytes for size in sizes), _NEVER_FOR_SIZE)
        left = newest_first[: min(max(keep, 0), fitting)]
        left += [number for number in newest_first[len(left) :] if held is not None and number <= held][:1]
        for number in newest_first:
            if number not in left:
                remove_quietly(self._path(number))
        return min(left, default=None)

    def prune_before(self, number: int) -> int | None:
        """Remove those from which nothing after `number` must start: all older than the newest at or before it. Gives the oldest left."""
        numbers = sorted(self._numbers())
        oldest = max((known for known in numbers if known <= number), default=0)
        for known in numbers:
            if known < oldest:
                remove_quietly(self._path(known))
        return min((known for known in numbers if known >= oldest), default=None)

    def newest(self, count: int) -> tuple[int, ...]:
        """The numbers of the newest ones, newest first. Any thread."""
        return tuple(sorted(self._numbers(), reverse=True)[:count])

    def _note(self, name: str) -> None:
        if name not in self.damaged:
            self.damaged.append(name)

    def _numbers(self) -> list[int]:
        return checkpoint_numbers(self._folder)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:020d}{_SUFFIX}"


def deflated(state: dict[str, Any], level: int = 6) -> bytes:
    """Plain JSON data as deflated text. Several times as quick as `json`, which holds up every other thread meanwhile."""
    return zlib.compress(to_json(state), level)


def inflated(data: bytes) -> dict[str, Any]:
    """What `deflated` made. Raises zlib.error, ValueError."""
    state = json.loads(zlib.decompressobj().decompress(data, _LONGEST_TEXT))
    if not isinstance(state, dict):
        raise ValueError("no state")
    return cast("dict[str, Any]", state)


def checkpoint_numbers(folder: Path) -> list[int]:
    """Of the checkpoints of a folder, sound or not, in no order."""
    names = (path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))
    return [int(name) for name in names if name.isdecimal()]


def sound_states(folder: Path, at_or_before: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The sound checkpoints of a folder at or before a number, newest first, as (number, state). Changes nothing there; any thread."""
    for number in sorted(checkpoint_numbers(folder), reverse=True):
        if number <= at_or_before and (state := _read_state(folder / f"{number:020d}{_SUFFIX}", number)) is not None:
            yield number, state


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read_state(path: Path, number: int) -> dict[str, Any] | None:
    """The state in a file, None where the file is gone, damaged, renamed or of another version."""
    try:
        content = path.read_bytes()
        magic, version, named, digest = _HEAD.unpack_from(content)
        data = content[_HEAD.size :]
        if (magic, version, named) != (_MAGIC, _VERSION, number) or hashlib.sha256(data).digest() != digest:
            return None
        return inflated(data)
    except (OSError, struct.error, zlib.error, ValueError):
        return None
