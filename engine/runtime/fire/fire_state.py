"""What was learnt of fire weather and when it is tried again: pure, so that days pass in a test at once."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date

from engine.model.fire.fire import FireRisk, FireSource
from engine.model.time import SECOND
from engine.model.value_class import dataclass

DAY_NS, HOUR_NS, MINUTE_NS = 24 * 3600 * SECOND, 3600 * SECOND, 60 * SECOND
LONGEST_PAUSE_MIN = 30
JITTER = 0.2  # of a pause, either way: a service that comes back is not met by everybody at once


@dataclass(frozen=True, slots=True)
class FireState:
    """`risks`: by camera, what was learnt last. trouble: a sentence, empty: none; since_ns: since when. due_ns: of the next try.
    failures: one after the other until now."""

    risks: Mapping[str, FireRisk] = field(default_factory=dict[str, FireRisk])
    fetched_ns: int = 0
    trouble: str = ""
    since_ns: int = 0
    due_ns: int = 0
    failures: int = 0
    has_password: bool = False

    def is_due(self, now_ns: int) -> bool:
        """Also where the clock was set back by so much that the next try is days away."""
        return now_ns >= self.due_ns or now_ns < self.due_ns - DAY_NS - HOUR_NS

    def at_once(self) -> "FireState":
        return replace(self, due_ns=0, failures=0)

    def succeeded(self, learnt: Mapping[str, FireRisk], warning: str, now_ns: int, hour_utc: int) -> "FireState":
        """What is not in `learnt` is forgotten: the answer is what there is."""
        return FireState(learnt, now_ns, warning, self._since_ns(warning, now_ns), next_hour_ns(now_ns, hour_utc))

    def after_failure(self, learnt: Mapping[str, FireRisk], trouble: str, now_ns: int, draw: float) -> "FireState":
        """What was known stays, but for what was learnt all the same. `draw`: 0–1."""
        failures = self.failures + 1
        fetched_ns = now_ns if any(risk.fire_class is not None for risk in learnt.values()) else self.fetched_ns
        due_ns = now_ns + pause_ns(failures, draw)
        return FireState(_merged(self.risks, learnt), fetched_ns, trouble, self._since_ns(trouble, now_ns), due_ns, failures)

    def _since_ns(self, trouble: str, now_ns: int) -> int:
        return 0 if not trouble else self.since_ns if self.trouble else now_ns


def _merged(before: Mapping[str, FireRisk], learnt: Mapping[str, FireRisk]) -> Mapping[str, FireRisk]:
    """A class that is known is not lost to one that is not, nor to one of an earlier day."""
    return {**before, **{camera: max(risk, before.get(camera, risk), key=_worth) for camera, risk in learnt.items()}}


def _worth(risk: FireRisk) -> tuple[bool, date, bool, int]:
    """Of the same day, the word of a service goes before what was computed here."""
    return risk.fire_class is not None, risk.day, risk.source is FireSource.SERVICE, risk.fetched_ns


def pause_ns(failures: int, draw: float) -> int:
    """1, 2, 4, … minutes after so many failures, half an hour at most."""
    minutes = min(2 ** min(failures - 1, 10), LONGEST_PAUSE_MIN) * (1 + JITTER * (2 * draw - 1))
    return round(min(minutes, LONGEST_PAUSE_MIN) * MINUTE_NS)


def next_hour_ns(now_ns: int, hour_utc: int) -> int:
    """When it is this hour (UTC) the next time, after now. UTC knows no summer time."""
    today_ns = now_ns - now_ns % DAY_NS + hour_utc * HOUR_NS
    return today_ns if today_ns > now_ns else today_ns + DAY_NS
