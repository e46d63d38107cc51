"""Folders of recorded performances: MSR Action3D text and `.npy`; the label is the file's name up to the first underscore."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from console.skipped import Skipped
from engine.model.errors import InputError
from engine.model.people.gesture import Take
from engine.vision.gestures.features import Movement
from engine.vision.gestures.parsing import as_take, parse_msr, parse_npy
from engine.vision.gestures.takes import check_stretch, whole

_TEXT_FPS, _ARRAY_FPS = 15.0, 30.0
_MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """`name` of the file; `take` as recorded; `movement` as matching sees it."""

    name: str
    label: str
    take: Take
    movement: Movement

    @property
    def parts(self) -> tuple[str, ...]:
        """Of the name: action, subject and take (`a01`, `s01`, `e01`) in MSR Action3D."""
        return tuple(Path(self.name).stem.split("_"))


@dataclass(frozen=True, slots=True)
class Answer:
    """`label` is None where no gesture was near enough."""

    query: str
    label: str | None
    score: float


def read_folder(folder: Path, option: str, skipped: Skipped) -> list[Performance]:
    """All `.txt` and `.npy` files of a folder, in the order of their names. `skipped` takes files that hold no performance, and those of
    another kind of skeleton than most.

    Raises:
        InputError: the folder cannot be read or holds no performance (field: the option).
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".npy"))
    except OSError as error:
        raise InputError(option, f"{folder} cannot be read: {error.strerror}") from error
    if not paths:
        raise InputError(option, f"{folder} has no .txt or .npy file")
    read = [skipped.read_or_skip(path, 0, partial(_performance, path, option)) for path in paths]
    found = [one for one in read if one is not None]
    if not found:
        raise skipped.nothing_usable(option, folder, "no performance")
    usual, _ = Counter(_joints(one) for one in found).most_common(1)[0]
    for one in found:
        if _joints(one) != usual:
            skipped.add(one.name, 0, f"has {_joints(one)} joints, most of the folder have {usual}")
    return [one for one in found if _joints(one) == usual]


def _joints(one: Performance) -> int:
    return one.take.landmarks.shape[1]


def write_answers(path: Path, answers: Sequence[Answer]) -> None:
    """
    Raises:
        InputError: cannot be written (field `out`).
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["query", "label", "score"])
            rows.writerows([answer.query, "null" if answer.label is None else answer.label, f"{answer.score:.4f}"] for answer in answers)
    except OSError as error:
        raise InputError("out", f"{path} cannot be written: {error.strerror}") from error


def _performance(path: Path, option: str) -> Performance:
    try:
        take = _take(path)
        check_stretch(take)
    except OSError as error:
        raise InputError(option, f"cannot be read: {error.strerror}") from error
    except (InputError, ValueError) as error:
        raise InputError(option, str(error)) from error
    return Performance(path.name, path.name.partition("_")[0], take, whole(take))


def _take(path: Path) -> Take:
    if path.suffix == ".npy":
        return as_take(parse_npy(path.read_bytes(), most_bytes=_MOST_BYTES), _ARRAY_FPS)
    return as_take(parse_msr(path.read_text(encoding="utf-8")), _TEXT_FPS)
