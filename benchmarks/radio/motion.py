"""Figures of `watchroom csi motion`: moving recordings told from quiet ones by the score of every frame, beside the usual scores.

Made-up links of five radios by seeds, in two halves; and recordings of real ESP32s. Of those, *tuning* has the files of `tristsou` with an
odd number and the labelled moments in the first half of the file of `wisensing`; *held-out* has the others. `tristsou` knows no people:
moving is where objects were moved about (`variation`), quiet is where nothing was.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.radio.made_links import HELD_OUT_SEEDS, RADIOS, TUNING_SEEDS, made_rows
from benchmarks.radio.motion_peers import PEERS
from benchmarks.report import Case, above, at_least, case
from console.commands.csi import scores_of, times_s
from console.skipped import Skipped
from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.sources.node.csi_text import CsiRow, read_rows

Array = npt.NDArray[np.float64]
Progress = Callable[[str], None]

OURS = "watchroom"
FIRST_S = 1.0
WANTED_AUC = 0.98
_RATE_HZ = 100.0  # of lines that tell no time
_MOMENT_FRAMES = 40
_LABELS, _LABELLED = "slicing_source_demo.txt", "person_200cm_1"
_DRAWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRecording:
    """`scores`: of every frame, by method; `late`: which frames came after the first second."""

    group: str
    moving: bool
    scores: dict[str, Array]
    late: npt.NDArray[np.bool_]


def run(folder: Path | None, held_out: bool, seeds: int, progress: Progress = lambda _: None) -> dict[str, Any]:
    """`folder` with `tristsou` and `wisensing`; None: made-up links only.

    Returns:
        `{"bench", "cases", "peers", "targets", "skipped"}` of the bench contract; files that cannot be read are named under `skipped`.
    """
    skipped = Skipped()
    made = list(_made(held_out, seeds, progress))
    groups = {"five radios": made} | {radio.name: [one for one in made if one.group == radio.name] for radio in RADIOS}
    if folder is not None:
        groups |= {"objects moved, tristsou": list(_objects(folder, held_out, skipped))}
        groups |= {"a person passes, wisensing": list(_moments(folder, held_out, skipped))}
    skipped.tell()
    cases: list[Case] = []
    peers: list[Case] = []
    for name, some in groups.items():
        if {one.moving for one in some} == {True, False}:
            cases.append(case(name, {"recordings": len(some)}, figures(some)))
            peers += [case(f"{name}, {peer}", {}, _areas(some, peer)) for peer in PEERS]
    pooled = cases[0]["metrics"]
    targets = [at_least("AUC of five radios, first second included", WANTED_AUC, pooled["auc"]), above("its lead", 0.0, pooled["lead"])]
    return {"bench": "motion", "cases": cases, "peers": peers, "targets": targets, "skipped": skipped.plain()}


def figures(some: Sequence[ScoredRecording]) -> dict[str, Any]:
    """Of ours. AUC of frames with its 95 % interval (bootstrap over recordings: Efron, 1979); `lead`: over the best peer, in pairs.
    `moving_above_1`, `quiet_above_1`: share of recordings with a frame that scores above 1."""
    moving, quiet = _sides(some)
    best = max(PEERS, key=lambda peer: _area(_wins(moving, quiet, peer)))
    ours, theirs = _wins(moving, quiet, OURS), _wins(moving, quiet, best)
    chance = np.random.default_rng(1)
    draws = [tuple(chance.integers(0, len(side), len(side)) for side in (moving, quiet)) for _ in range(_DRAWS)]
    areas = np.array([[_area(wins, *drawn) for wins in (ours, theirs)] for drawn in draws])
    low, high = np.quantile(areas[:, 0], (0.025, 0.975)).tolist()
    lead_low, lead_high = np.quantile(areas[:, 0] - areas[:, 1], (0.025, 0.975)).tolist()
    own = _areas(some, OURS)
    lead = {"lead": _area(ours) - _area(theirs), "lead_low": lead_low, "lead_high": lead_high}
    sides = {"moving": moving, "quiet": quiet}
    above_1 = {name: float(np.mean([(one.scores[OURS] > 1).any() for one in side])) for name, side in sides.items()}
    more = {"auc_low": low, "auc_high": high} | lead | {f"{name}_above_1": share for name, share in above_1.items()}
    return own | {name: round(value, 3) for name, value in more.items()}


def _areas(some: Sequence[ScoredRecording], method: str) -> dict[str, float | None]:
    """AUC of all frames, of those after the first second, and of the first second alone."""
    moving, quiet = _sides(some)
    areas = {"auc": _area(_wins(moving, quiet, method))}
    for name, is_late in (("auc_late", True), ("auc_first", False)):
        pair = [np.concatenate([one.scores[method][one.late == is_late] for one in side]) for side in (moving, quiet)]
        areas[name] = auc(*pair) if min(map(len, pair)) else float("nan")
    return {name: None if np.isnan(value) else round(value, 3) for name, value in areas.items()}


def auc(moving: Array, quiet: Array) -> float:
    """How often a moving frame scores above a quiet one; ties count half."""
    ordered = np.sort(quiet)
    below, upto = np.searchsorted(ordered, moving, "left"), np.searchsorted(ordered, moving, "right")
    return float((below + upto).mean() / 2 / len(quiet))


def _sides(some: Sequence[ScoredRecording]) -> tuple[list[ScoredRecording], list[ScoredRecording]]:
    return [one for one in some if one.moving], [one for one in some if not one.moving]


def _wins(moving: Sequence[ScoredRecording], quiet: Sequence[ScoredRecording], method: str) -> tuple[Array, Array]:
    """(moving, quiet) pairs of frames that are told apart, and all pairs of frames, by pairs of recordings."""
    pairs = np.array([[len(one.late) * len(other.late) for other in quiet] for one in moving], float)
    return pairs * [[auc(one.scores[method], other.scores[method]) for other in quiet] for one in moving], pairs


def _area(wins: tuple[Array, Array], rows: Any = slice(None), columns: Any = slice(None)) -> float:
    told, pairs = (each[rows][:, columns].sum() for each in wins)
    return float(told / pairs)


def _made(held_out: bool, seeds: int, progress: Progress) -> Iterator[ScoredRecording]:
    for radio in RADIOS:
        progress(radio.name)
        for seed in (HELD_OUT_SEEDS if held_out else TUNING_SEEDS)[:seeds]:
            for walking in (True, False):
                rows, t_s = made_rows(radio, seed, walking)
                yield ScoredRecording(radio.name, walking, _scores(rows, t_s), t_s >= FIRST_S)


def _scores(rows: Sequence[CsiRow], t_s: Array) -> dict[str, Array]:
    """Of ours as `watchroom csi motion` prints them; peers see the usual kind of frame and say 0 of others."""
    scores = {OURS: scores_of(rows, t_s)}
    kinds = [(row.mac, len(row.iq), row.mode) for row in rows]
    usual = max(set(kinds), key=kinds.count)
    places = np.array([place for place, kind in enumerate(kinds) if kind == usual])
    samples = np.stack([rows[place].iq for place in places]).astype(np.float64)
    amplitude = np.hypot(samples[..., 0], samples[..., 1])
    for name, peer in PEERS.items():
        scores[name] = np.zeros(len(rows))
        scores[name][places] = peer(t_s[places], amplitude)
    return scores


def _objects(folder: Path, held_out: bool, skipped: Skipped) -> Iterator[ScoredRecording]:
    for path in sorted((folder / "tristsou").glob("*_[0-9][0-9].csv")):
        kind, _, number = path.stem.rpartition("_")
        if kind not in ("empty", "variation") or (int(number) % 2 == 0) is not held_out:
            continue
        rows = _read(path, skipped)
        if rows:
            t_s = times_s(rows, _RATE_HZ)
            yield ScoredRecording("tristsou", kind == "variation", _scores(rows, t_s), t_s >= FIRST_S)


def _moments(folder: Path, held_out: bool, skipped: Skipped) -> Iterator[ScoredRecording]:
    """Each labelled moment counts as a recording; all are scored in the one recording that they are of."""
    labels, path = folder / "wisensing" / _LABELS, folder / "wisensing" / "1_raw_data" / f"{_LABELLED}.csv"
    rows = _read(path, skipped)
    if not rows:
        return
    t_s = times_s(rows, _RATE_HZ)
    scores = _scores(rows, t_s)
    for what, first in _labelled(labels):
        if (first >= len(rows) // 2) is held_out and first + _MOMENT_FRAMES <= len(rows):
            piece = slice(first, first + _MOMENT_FRAMES)
            cut = {name: each[piece] for name, each in scores.items()}
            yield ScoredRecording("wisensing", what == "person", cut, t_s[piece] >= FIRST_S)


def _labelled(path: Path) -> Iterator[tuple[str, int]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        for line in lines:
            file, what, frames = (part.strip() for part in line.split(","))
            if _LABELLED in file:
                yield from ((what, int(frame)) for frame in frames.split())
    except (OSError, ValueError) as error:
        raise InputError("captures", f"{path.name} cannot be read: {error}") from None


def _read(path: Path, skipped: Skipped) -> list[CsiRow]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return list(read_rows(lines))
    except (OSError, InputError) as error:
        skipped.add(path.name, 0, str(error))
        return []
