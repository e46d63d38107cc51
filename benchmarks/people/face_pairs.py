"""Labelled photographs of faces: `a,b,same` files, or a folder with a folder of photographs for each person."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.ble.files import write_rows
from console.skipped import Skipped
from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError

_TRUE, _FALSE = ("1", "true", "yes", "same"), ("0", "false", "no", "different", "-1")
HALVES = (ALL, TUNING, HELD_OUT) = ("all", "tuning", "held-out")
_PICTURES = (".jpg", ".jpeg", ".png", ".pgm", ".bmp", ".webp")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photographs as they are named in the file, where they are, and whether they show one person."""

    a: str
    b: str
    a_path: Path
    b_path: Path
    same: bool


def read_pairs(path: Path, skipped: Skipped) -> list[Pair]:
    """Relative names are taken from the folder of the file, then from the working folder. `skipped` takes lines that are no pair.

    Raises:
        InputError: `pairs`: no table, or no pair in it.
    """
    read = [skipped.read_or_skip(path, line, partial(_pair, path, row)) for line, row in _rows(path)]
    pairs = [pair for pair in read if pair is not None]
    if not pairs:
        raise skipped.nothing_usable("pairs", path, "no pair")
    return pairs


def with_photos(pairs: list[Pair], skipped: Skipped) -> list[Pair]:
    """Those of which both photographs can be decoded; `skipped` takes the photographs that cannot.

    Raises:
        InputError: `pairs`: none is left.
    """
    paths = sorted({path for pair in pairs for path in (pair.a_path, pair.b_path)})
    readable = {path for path in paths if skipped.read_or_skip(path, 0, partial(photo, path)) is not None}
    found = [pair for pair in pairs if {pair.a_path, pair.b_path} <= readable]
    if not found:
        raise skipped.nothing_usable("pairs", paths[0].parent, "no pair of photographs")
    return found


def folder_pairs(folder: Path, half: str = ALL) -> list[Pair]:
    """All pairs of the photographs of a folder whose subfolders are persons, of those people only who are in the half.

    Raises:
        InputError: `photos`: fewer than two photographs.
    """
    photos = [path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in _PICTURES and half in (ALL, half_of(path.parent.name))]
    if len(photos) < 2:
        raise InputError("photos", f"{folder} needs a folder for each person, with photographs in it")
    return [Pair(_name(a), _name(b), a, b, a.parent == b.parent) for a, b in combinations(photos, 2)]


def half_of(person: str) -> str:
    """By a digest of the name, so that nobody chooses: tuning never sees the people of `HELD_OUT`."""
    return TUNING if hashlib.sha256(person.encode()).digest()[0] % 2 == 0 else HELD_OUT


def persons(pairs: Iterable[Pair]) -> dict[Path, int]:
    """A number per person for every photograph: photographs that a chain of `same` pairs connects are one person."""
    leader: dict[Path, Path] = {}

    def first(path: Path) -> Path:
        while leader.setdefault(path, path) != path:
            path = leader[path]
        return path

    for pair in pairs:
        a, b = first(pair.a_path), first(pair.b_path)
        if pair.same:
            leader[max(a, b)] = min(a, b)
    numbers = {path: number for number, path in enumerate(sorted({first(path) for path in list(leader)}))}
    return {path: numbers[first(path)] for path in list(leader)}


def photo(path: Path) -> Bytes2D:
    """(H, W, 3) uint8 BGR, any colour depth. Raises: InputError (`pairs`): no picture."""
    try:
        data: npt.NDArray[np.uint8] = np.fromfile(path, np.uint8)  # OpenCV itself cannot open names in other scripts on Windows
    except OSError as error:
        raise InputError("pairs", f"cannot be read: {error.strerror}") from None
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if picture is None:
        raise InputError("pairs", "is no picture that can be decoded")
    return picture  # pyright: ignore[reportReturnType]


def write_scores(path: Path, pairs: Iterable[Pair], scores: Iterable[float]) -> None:
    """`a,b,score`, in the order of the pairs."""
    write_rows(path, ("a", "b", "score"), ((pair.a, pair.b, f"{score:.6f}") for pair, score in zip(pairs, scores, strict=True)))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if not {"a", "b", "same"} <= set(reader.fieldnames or ()):
                raise InputError("pairs", f"{path} needs the columns a, b, same")
            for row in reader:
                yield reader.line_num, row
    except OSError as error:
        raise InputError("pairs", f"{path} cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError("pairs", f"{path} is no CSV file: {error}") from None


def _pair(path: Path, row: dict[str, str]) -> Pair:
    a, b, same = (str(row[column] or "").strip() for column in ("a", "b", "same"))
    if same.lower() not in (*_TRUE, *_FALSE):
        raise InputError("pairs", f"same is {same[:40]!r}; needed is 1 or 0")
    return Pair(a, b, _place(path, a), _place(path, b), same.lower() in _TRUE)


def _place(path: Path, name: str) -> Path:
    for place in (path.parent / name, Path(name)):
        if name and place.is_file():
            return place.resolve()
    raise InputError("pairs", f"there is no file {name[:200]!r}")
