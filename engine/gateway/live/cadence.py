"""How often and how exactly a console is told what moves and is counted, so that a site of a thousand idle cameras says next to nothing.

What a person acts on (states, alerts, events, settings, troubles) is told at once and exactly. What moves is told as often as the console
shows moves, to the centimetre and the pixel. Figures are told in turns, some seconds late, and where they differ by more than is shown.
"""

import math
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final, cast

from engine.model.value_class import dataclass

GLOW_S, CALM_GLOW_S = 1, 10
FIGURES_S = 3  # between figures that stand alone
TURNS_S = 5  # until each member of a short list had its turn
MEMBER_S = 0.12  # and for each member of a long one: no more than nine cameras a second


class When(Enum):
    ALWAYS = auto()
    MOVE = auto()  # with what moves; once a second to a console that shows none of it
    GLOW = auto()
    FIGURE = auto()  # in turns
    WITH = auto()  # only with another field


@dataclass(frozen=True, slots=True)
class Rule:
    """`digits`: of what is told. `step`, `share`: what differs by no more, in all of its numbers, is not told. with_any: it is told too
    whenever one of these fields is; empty: whenever any other is, for `WITH`."""

    when: When
    digits: int | None = None
    step: float = 0.0
    share: float = 0.0
    with_any: frozenset[str] = frozenset()


def _rules() -> dict[str, dict[str, Rule]]:
    figure, exact_figure = Rule(When.FIGURE, 1, share=0.05), Rule(When.FIGURE)
    of_state = frozenset({"state"})
    counted = Rule(When.FIGURE, with_any=of_state)
    rate = Rule(When.FIGURE, 1, 0.5, 0.1, of_state)
    size = Rule(When.FIGURE, step=1 << 20, share=0.01)
    pixels, metres, level = Rule(When.MOVE, 1), Rule(When.MOVE, 2), Rule(When.MOVE, 2, 0.05, 0.05)
    spread = Rule(When.MOVE, 3, 0.02, 0.25)  # of a covariance
    moved = Rule(When.MOVE)
    at = Rule(When.WITH)
    located = {"position": metres, "velocity": Rule(When.MOVE, 2, 0.02), "covariance": spread, "trail": metres}
    return {
        "Snapshot": {"number": Rule(When.WITH, with_any=frozenset({""})), "at_ns": Rule(When.WITH, with_any=frozenset({""}))},
        "CameraView": {"tracks": moved, "tracks_ns": Rule(When.WITH, with_any=frozenset({"tracks"}))},
        "Track": {
            "box_xyxy": pixels,
            "velocity_xy": Rule(When.MOVE, 0, 2.0, 0.1),
            "confidence": level,
            "max_conf": Rule(When.MOVE, 3),
            "last_seen_ns": at,
        },
        "CameraHealth": {
            **dict.fromkeys(("last_picture_ns", "pictures", "dropped"), counted),
            **dict.fromkeys(("fps", "detector_hz"), rate),
            "latency_ms": Rule(When.FIGURE, 0, 5.0, 0.3),
            "recorded_bytes_s": Rule(When.FIGURE, 0, 1000.0, 0.1),
            "clock_ahead_s": Rule(When.FIGURE, 2, 0.1),
        },
        "EngineHealth": {
            **dict.fromkeys(("memory_bytes", "database_bytes", "recordings_bytes", "segments_bytes", "disk_free_bytes"), size),
            "cpu_percent": Rule(When.FIGURE, 0, 1.0, 0.05),
            "threads": exact_figure,
            "writer_backlog": exact_figure,
            "clock_skew_ms": figure,
        },
        "DetectorHealth": {"inference_ms": figure},
        "ModelRun": {"ms": figure},
        "NodeView": {
            **dict.fromkeys(("last_seen_ns", "last_health_ns", "frames", "malformed", "uptime_ms"), counted),
            **dict.fromkeys(("rate_hz", "reported_hz"), rate),
            "rssi_dbm": Rule(When.FIGURE, step=2),
            "temperature_c": Rule(When.FIGURE, 1, 0.5),
            "free_heap_bytes": size,
            "health": Rule(When.FIGURE, 2, 0.02),
        },
        "LinkState": {
            **dict.fromkeys(("rate_hz", "health", "weight"), Rule(When.FIGURE, 2, 0.05, 0.1)),
            **dict.fromkeys(("activity", "change", "still"), Rule(When.MOVE, 2, 0.1, 0.2)),
        },
        "BleDeviceView": {
            **dict.fromkeys(("last_seen_ns", "heard", "rssi_dbm", "best_scanner", "scanners"), exact_figure),
            "position": metres,
            "sigma_m": Rule(When.MOVE, 1, 0.2, 0.1),
            "method": moved,
        },
        "Blob": {**located, "confidence": level, "fused_value": Rule(When.MOVE, 1, 1.0, 0.1), "updated_ns": at, "status": moved},
        "FusedTrack": {**located, "updated_ns": at, "status": moved},
        "FusedSource": {"last_ns": at, "sigma_m": Rule(When.MOVE, 2, 0.05, 0.2)},
        "FusedIdentity": {"log_odds": level, "confidence": level, "counted": level},
        "FusedPicture": {"at_ns": at},
        "RadioPicture": {"at_ns": at, "voxels": Rule(When.GLOW)},
        "RadioView": {**dict.fromkeys(("frames_hz", "shedding", "step_ms"), figure)},
        "PeopleView": {**dict.fromkeys(("faces", "poses"), moved), **dict.fromkeys(("faces_hz", "poses_hz", "everyday_s"), figure)},
        "MicrophoneView": {"level_db": Rule(When.ALWAYS, 0, 1.0), "heard": exact_figure, "dropped": exact_figure},
    }


RULES: Final = _rules()
_WITH: Mapping[str, Mapping[str, frozenset[str]]] = {
    owner: {name: rule.with_any for name, rule in fields.items() if rule.when is When.WITH or rule.with_any}
    for owner, fields in RULES.items()
}
_NONE: Mapping[str, frozenset[str]] = {}


class ConsoleCadence:
    """A `Cadence` of one console. One thread at a time.

    `moves`: whether the console shows what moves, as often as it can be told.
    """

    def __init__(self) -> None:
        self.moves = False
        self._second = -1
        self._is_second = self._glows = self._due = False
        self._slots = 1

    def begin(self, now_s: float) -> None:
        """A pass at this time of a monotonic clock."""
        second = math.floor(now_s)
        self._is_second, self._second = second != self._second, second
        self._glows = self._is_second and second % (GLOW_S if self.moves else CALM_GLOW_S) == 0
        self._due = self._is_second and second % FIGURES_S == 0
        self._slots = 1

    def field(self, owner: str, name: str, before: Any, now: Any) -> Any:
        rules = RULES.get(owner)
        rule = None if rules is None else rules.get(name)
        if rule is None:
            return now
        if not self._is_time(rule.when):
            return before
        if rule.digits is not None:
            now = rounded(now, rule.digits)
        return before if is_near(before, now, rule) else now

    def _is_time(self, when: When) -> bool:
        match when:
            case When.ALWAYS:
                return True
            case When.MOVE:
                return self.moves or self._is_second
            case When.GLOW:
                return self._glows
            case When.FIGURE:
                return self._due
            case When.WITH:
                return False

    def companions(self, owner: str) -> Mapping[str, frozenset[str]]:
        return _WITH.get(owner, _NONE)

    def enter_list(self, length: int) -> tuple[int, bool]:
        entered = self._slots, self._due
        self._slots = max(TURNS_S, math.ceil(length * MEMBER_S))
        return entered

    def member(self, index: int) -> None:
        self._due = self._is_second and (index + self._second) % self._slots == 0

    def leave_list(self, entered: tuple[int, bool]) -> None:
        self._slots, self._due = entered


def rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return round(value, digits)
    return tuple(rounded(each, digits) for each in cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value


def is_near(before: Any, now: Any, rule: Rule) -> bool:
    """Whether no number of it differs by more than nobody sees."""
    if not (rule.step or rule.share):
        return False
    if isinstance(now, tuple) and isinstance(before, tuple):
        had, has = cast("tuple[Any, ...]", before), cast("tuple[Any, ...]", now)
        return len(had) == len(has) and all(is_near(a, b, rule) for a, b in zip(had, has, strict=True))
    if isinstance(now, (int, float)) and isinstance(before, (int, float)):
        return abs(now - before) <= max(rule.step, rule.share * abs(before)) and bool(now) == bool(before)
    return bool(now == before)
