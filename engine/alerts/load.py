"""How much is asked of the operator (ANSI/ISA-18.2 clause 16, EEMUA 191): alerts in ten minutes, floods, what is stale, who rings most.

A flood begins with `flood_at` alerts in ten minutes and is over below half of that (ISA-18.2: from ten to fewer than five).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from engine.alerts.memory import TEN_MINUTES_NS
from engine.alerts.rule_gates import near_flood
from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.settings import AlertSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass

DAY_NS = 86_400 * SECOND
FLOOD_ENDS = 0.5
MOST_RAISED = 5_000
TOP = 10


@dataclass(frozen=True, slots=True)
class Meter:
    """A value; every change gives another. `raised`: (UTC ns, source) of the last 24 hours; `top`: who of them came most often.

    `floods`: (began, ended) of them, the last one open while `flooding`.
    """

    raised: tuple[tuple[int, str], ...] = ()
    top: tuple[tuple[str, int], ...] = ()
    floods: tuple[tuple[int, int], ...] = ()
    flooding: bool = False

    def add_raised(self, at_ns: int, source: str) -> "Meter":
        """`top` follows with the next `as_of`."""
        return replace(self, raised=(*self.raised, (at_ns, source))[-MOST_RAISED:])

    def as_of(self, now_ns: int, settings: AlertSettings) -> "Meter":
        """As time has passed. Once a second is enough."""
        raised = self.raised
        if raised and now_ns - raised[0][0] >= DAY_NS:
            raised = tuple(each for each in raised if now_ns - each[0] < DAY_NS)
        top = _top(raised)
        floods = tuple(flood for flood in self.floods if now_ns - flood[1] < DAY_NS)
        count = _in_ten_minutes(raised, now_ns)
        if self.flooding and floods:
            floods = (*floods[:-1], (floods[-1][0], max(now_ns, floods[-1][1])))
        if count >= settings.flood_at and not self.flooding:
            return Meter(raised, top, (*floods, (now_ns, now_ns)), True)
        return Meter(raised, top, floods, self.flooding and count >= FLOOD_ENDS * settings.flood_at)

    def alarm_load(
        self, now_ns: int, alerts: Iterable[Alert], settings: AlertSettings, promoted: tuple[tuple[str, int], ...] = ()
    ) -> AlarmLoad:
        count = _in_ten_minutes(self.raised, now_ns)
        open_alerts = [alert for alert in alerts if not alert.shelved(now_ns)]
        in_flood_ns = sum(min(end, now_ns) - max(start, now_ns - DAY_NS) for start, end in self.floods)
        return AlarmLoad(
            per_10_min=count,
            flooding=self.flooding,
            flood_share=round(in_flood_ns / DAY_NS, 4),
            by_severity=tuple(sorted(Counter(int(alert.severity) for alert in open_alerts).items(), reverse=True)),
            stale=sum(1 for alert in open_alerts if now_ns - alert.raised_ns > DAY_NS),
            top=self.top,
            holding=_holding(count, self.flooding, settings),
            promoted=promoted,
        )


def _top(raised: tuple[tuple[int, str], ...]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(source for _, source in raised).most_common(TOP))


def _in_ten_minutes(raised: tuple[tuple[int, str], ...], now_ns: int) -> int:
    count = 0
    for at_ns, _ in reversed(raised):
        if now_ns - at_ns >= TEN_MINUTES_NS:
            break
        count += 1
    return count


def _holding(count: int, flooding: bool, settings: AlertSettings) -> str:
    if not near_flood(count, settings):
        return ""
    state = "Alarm flood" if flooding else "Near alarm flood"
    return f"{state}: {count:,} alerts in ten minutes. Minimal and low alerts are held, and alerts of one cause are grouped."
