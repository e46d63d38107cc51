"""Whether a phone was left behind: it has not moved for minutes, and nobody was with it."""

from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any

from engine.model.time import SECOND
from engine.model.value_class import dataclass

STILL_S = 180.0
_MOVED_DB = 5.0  # by which its strength has changed, on average over the scanners; lying still, bodies that pass change it by less
_NOW_S, _BEFORE_S = 10.0, 120.0
_COMPANY_S = 60.0
_ALONE, _ACCOMPANIED = 0.3, 0.6  # share of the time that a blob was with it
_LONGEST_GAP_S = 30.0


@dataclass(slots=True)
class Pair:
    """Mean strength lately, and before that, in dBm."""

    now: float
    before: float
    at_ns: int

    def take(self, rssi: float, now_ns: int) -> None:
        passed_s = min(max(now_ns - self.at_ns, 0) / SECOND, _LONGEST_GAP_S)
        self.now += (rssi - self.now) * passed_s / (_NOW_S + passed_s)
        self.before += (rssi - self.before) * passed_s / (_BEFORE_S + passed_s)
        self.at_ns = now_ns


@dataclass(slots=True)
class Stillness:
    """Of one phone.

    `since_ns`: it has not moved since. company: share of the last minute that a blob was with it, None while nobody watches.
    """

    since_ns: int
    strength: dict[str, Pair] = field(default_factory=dict[str, Pair])
    company: float | None = None
    watched_ns: int = 0
    left_behind: bool = False

    def add_reading(self, scanner: str, rssi: float, now_ns: int) -> None:
        if scanner in self.strength:
            self.strength[scanner].take(rssi, now_ns)
        else:
            self.strength[scanner] = Pair(rssi, rssi, now_ns)
        if self._change_db() > _MOVED_DB:
            self._restart_stillness(now_ns)

    def watch(self, accompanied: bool, now_ns: int) -> bool:
        """Radio sensing works, and has or has not a blob where the phone is. Whether that changed the verdict.

        With hysteresis: what was left behind stays so until it moves or somebody stays with it.
        """
        passed_s = min(max(now_ns - self.watched_ns, 0) / SECOND, _LONGEST_GAP_S) if self.company is not None else _LONGEST_GAP_S
        before = 0.5 if self.company is None else self.company
        self.company = before + (float(accompanied) - before) * passed_s / (_COMPANY_S + passed_s)
        self.watched_ns = now_ns
        alone = self.company < (_ACCOMPANIED if self.left_behind else _ALONE)
        verdict, self.left_behind = self.left_behind, alone and now_ns - self.since_ns >= STILL_S * SECOND
        return verdict is not self.left_behind

    def _change_db(self) -> float:
        changes = [abs(pair.now - pair.before) for pair in self.strength.values()]
        return sum(changes) / len(changes)

    def _restart_stillness(self, now_ns: int) -> None:
        self.since_ns = now_ns
        self.left_behind = False
        for pair in self.strength.values():
            pair.before = pair.now

    def state(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Stillness":
        pairs = {scanner: Pair(**pair) for scanner, pair in state["strength"].items()}
        return cls(state["since_ns"], pairs, state["company"], state["watched_ns"], state["left_behind"])
