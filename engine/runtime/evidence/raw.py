"""The part of the record that a pack can be run again from, and what came of running it when the pack was made.

`raw/journal`, `raw/checkpoints`: as the engine keeps them. `raw/expected.json`: ids and scores of all decisions of the window.
`raw/csi.csv`, `raw/ble.csv`: what radio sensing heard, for any program to read. `raw/detectors.csv`: what looked at the pictures, and what
ran it.
"""

import csv
import json
import math
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from engine import __version__
from engine.history.replay.journal import JournalFolder
from engine.history.replay.rerun import Rerun, copy_stretch, rerun
from engine.model.alerts.decision import Decision
from engine.model.errors import InputError
from engine.model.history.evidence import PackRequest
from engine.model.observation import DetectionsMade
from engine.model.radio.radio import BleSightings, CsiBatch
from engine.model.time import to_iso
from engine.model.value_class import dataclass
from engine.model.wire import from_plain, to_plain
from engine.recording.pack.folder import PackFolder

JOURNAL, CHECKPOINTS, EXPECTED = "raw/journal", "raw/checkpoints", "raw/expected.json"
_DETECTORS = "raw/detectors.csv"
EXACT = 1e-6  # between builds and machines; on the same ones every bit is the same


@dataclass(frozen=True, slots=True)
class Expected:
    """What the record of a pack says when it is run again, by `since_ns` and `until_ns` as `rerun` takes them.

    `build`: of Watchroom, Python, numpy, the radio kernels and the machine; with the same one `digest` is the same too.
    """

    since_ns: int
    until_ns: int
    build: str
    digest: str
    decisions: tuple[Decision, ...]
    events: tuple[str, ...]


def this_build() -> str:
    from engine.radio.kernels import KERNELS  # an engine without radio loads nothing of it until a pack is made

    python = f"python {platform.python_version()}, numpy {np.__version__}"
    return f"watchroom {__version__}, {python}, radio kernels {KERNELS}, {platform.system()} {platform.machine()}"


def pack_raw(
    pack: PackFolder, journal: Path, checkpoints: Path, request: PackRequest, at: Callable[[int], None]
) -> tuple[Expected, tuple[str, ...]]:
    """Copy the stretch, run it once, and put both into the pack. `at`: told how far (UTC ns) it is.

    Returns what is expected, and what of the record is missing as sentences. Raises EnvironmentFault.
    """
    into_journal, into_checkpoints = pack.place(f"{JOURNAL}/x").parent, pack.place(f"{CHECKPOINTS}/x").parent
    copy_stretch(journal, checkpoints, request.since_ns, request.until_ns, into_journal, into_checkpoints)
    _take_all(pack, into_journal, JOURNAL, "observations in the order in which they came in")
    _take_all(pack, into_checkpoints, CHECKPOINTS, "state from which they go on")
    result = rerun(into_journal, into_checkpoints, request.since_ns, request.until_ns, on_progress=at)
    expected = expected_of(result, request)
    pack.add(EXPECTED, json.dumps(to_plain(expected), ensure_ascii=False).encode(), "ids and scores that running it again comes to")
    _extracts(pack, into_journal, request)
    return expected, result.missing


def _take_all(pack: PackFolder, folder: Path, path: str, what: str) -> None:
    for file in sorted(each for each in folder.iterdir() if each.is_file()):
        pack.took(f"{path}/{file.name}", what)


def expected_of(result: Rerun, request: PackRequest) -> Expected:
    decided = tuple(sorted(result.decisions, key=lambda decision: decision.id))
    events = tuple(sorted(event.id for event in result.events))
    return Expected(request.since_ns, request.until_ns, this_build(), result.digest, decided, events)


def read_expected(data: bytes) -> Expected:
    """Raises InputError (field `pack`)."""
    try:
        return from_plain(Expected, json.loads(data))
    except (ValueError, OverflowError, RecursionError, InputError) as error:
        raise InputError("pack", f"has no {EXPECTED} that can be read: {error}") from error


def score_error(one: Decision, other: Decision) -> float | None:
    """The largest difference between the scores of two decisions: every gate, every part of the evidence, the place.

    None where they are not about the same thing, or came out differently.
    """
    if _about(one) != _about(other):
        return None
    return max((_apart(a, b) for a, b in zip(_scores(one), _scores(other), strict=True)), default=0.0)


def _about(decision: Decision) -> tuple[object, ...]:
    parts = ([gate.gate for gate in decision.gates], [part.source for part in decision.evidence], decision.position is None)
    return decision.id, decision.outcome, decision.candidate, decision.subject_id, decision.event_id, *parts


def _scores(decision: Decision) -> list[float]:
    gates = [value for gate in decision.gates for value in (gate.value, gate.threshold)]
    return [*gates, *(part.log_odds for part in decision.evidence), *(decision.position or ())]


def _apart(one: float, other: float) -> float:
    """Infinite where one of them is, or is no number: no such difference may be lost among others."""
    if one == other or (math.isnan(one) and math.isnan(other)):  # infinite gates are equal
        return 0.0
    apart = abs(one - other)
    return math.inf if math.isnan(apart) else apart


def _extracts(pack: PackFolder, journal: Path, request: PackRequest) -> None:
    csi, ble = "raw/csi.csv", "raw/ble.csv"
    with ExitStack() as files:
        csi_out = csv.writer(files.enter_context(pack.place(csi).open("w", encoding="utf-8", newline="")))
        ble_out = csv.writer(files.enter_context(pack.place(ble).open("w", encoding="utf-8", newline="")))
        csi_out.writerow(["time", "receiver", "transmitter", "rssi_dbm", "noise_dbm", "channel", "subcarriers", "iq_hex"])
        ble_out.writerow(["time", "scanner", "device", "rssi_dbm"])
        looks = _Looks()
        for numbered in JournalFolder(journal).read_observations(0, request.until_ns):
            if numbered.received_ns >= request.since_ns:
                csi_out.writerows(_csi_rows(numbered.observation))
                ble_out.writerows(_ble_rows(numbered.observation))
                looks.count(numbered.observation)
    pack.add(_DETECTORS, looks.csv(), "detectors that looked at the pictures, and what ran them")
    pack.took(csi, "frames of channel state information, real and imaginary part as signed bytes")
    pack.took(ble, "Bluetooth devices as they were heard; addresses that nobody registered are pseudonyms")


class _Looks:
    """What looked at each camera's pictures, and what ran it, in the order in which they began."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], tuple[int, int, int]] = {}  # first and last picture, UTC ns; how many

    def count(self, observation: object) -> None:
        if isinstance(observation, DetectionsMade):
            at_ns = observation.occurred_ns
            by = observation.camera_id, observation.detector, observation.provider
            first_ns, last_ns, pictures = self._found.get(by, (at_ns, at_ns, 0))
            self._found[by] = min(first_ns, at_ns), max(last_ns, at_ns), pictures + 1

    def csv(self) -> bytes:
        out = StringIO(newline="")
        rows = csv.writer(out)
        rows.writerow(["camera", "detector", "provider", "first", "last", "pictures"])
        rows.writerows((*by, to_iso(first_ns), to_iso(last_ns), count) for by, (first_ns, last_ns, count) in self._found.items())
        return out.getvalue().encode()


def _csi_rows(observation: object) -> Iterator[Sequence[Any]]:
    if not isinstance(observation, CsiBatch):
        return
    for index in range(len(observation.link)):
        receiver, transmitter = observation.links[int(observation.link[index])]
        used = int(observation.n_sub[index])
        iq = observation.iq[index, :used].tobytes().hex()
        levels = (int(observation.rssi_dbm[index]), int(observation.noise_dbm[index]), int(observation.channel[index]))
        yield (to_iso(int(observation.arrival_ns[index])), receiver, transmitter, *levels, used, iq)


def _ble_rows(observation: object) -> Iterable[Sequence[Any]]:
    if not isinstance(observation, BleSightings):
        return ()
    at = to_iso(observation.occurred_ns)
    return ((at, observation.scanner, each.device, each.rssi_dbm) for each in observation.sightings)
