"""Which new private address is an old one's successor, where there is no key: only where there is no other way to see it.

A phone changes its address in an instant: the old one falls silent and a new one with the same advertisement is as strong at the same
scanners. Two phones of one make say the same, so a successor is accepted only if exactly one address fell silent and exactly one appeared
that could be meant, and the strengths agree; otherwise the new address stays a device of its own.
"""

from collections.abc import Iterable
from dataclasses import field

from engine.model.time import SECOND
from engine.model.value_class import dataclass

Look = tuple[str, int | None, int]
"""Name, company id, first byte of the company's data (-1 for none): what stays when the address changes."""

WAIT_S, GIVE_UP_S = 10.0, 60.0  # a successor is decided on in between: nodes report every 5 s
OVERLAP_S, LONGEST_GAP_S = 5.0, 20.0
_UNLIKE_DB, _UNLIKE_NAMED_DB = 6.0, 12.0
_FEWEST_SCANNERS = 2  # that have heard both, unless they have the same name


@dataclass(slots=True)
class AddressTrace:
    """An address with one look. `last_ns`: when a strength of it last changed; nodes repeat addresses that are gone. `said_ns`: when it was
    last reported at all."""

    address: str
    look: Look
    first_ns: int
    last_ns: int
    first_rssi: dict[str, int] = field(default_factory=dict[str, int])  # by scanner
    rssi: dict[str, int] = field(default_factory=dict[str, int])
    rotates: bool = False
    decided: bool = False
    succeeded: bool = False  # another address carries it on
    said_ns: int = 0

    def take(self, scanner: str, rssi: int, now_ns: int) -> bool:
        """Whether this is news, and not what a node repeats."""
        news = self.rssi.get(scanner) != rssi
        if news:
            self.last_ns = max(now_ns, self.last_ns)
        self.rssi[scanner] = rssi
        self.first_rssi.setdefault(scanner, rssi)
        return news


def predecessor(new: AddressTrace, others: Iterable[AddressTrace]) -> AddressTrace | None:
    """The address that `new` took over from; None where there is none, or more than one could be meant."""
    alike = [other for other in others if other is not new and other.rotates and other.look == new.look]
    gone = [other for other in alike if not other.succeeded and _fell_silent(other, new)]
    if len(gone) != 1 or not _says_something(new.look):
        return None
    rivals = any(_fell_silent(gone[0], other) for other in alike)
    return gone[0] if not rivals and _as_strong(gone[0], new) else None


def due(new: AddressTrace, now_ns: int) -> bool:
    """Whether it is time to decide on it."""
    return new.rotates and not new.decided and now_ns - new.first_ns >= WAIT_S * SECOND


def _says_something(look: Look) -> bool:
    name, company, _ = look
    return bool(name) or company is not None


def _fell_silent(old: AddressTrace, new: AddressTrace) -> bool:
    gap_s = (new.first_ns - old.last_ns) / SECOND
    return old.first_ns < new.first_ns and -OVERLAP_S <= gap_s <= LONGEST_GAP_S


def _as_strong(old: AddressTrace, new: AddressTrace) -> bool:
    both = old.rssi.keys() & new.first_rssi.keys()
    named = bool(new.look[0])
    if len(both) < (1 if named else _FEWEST_SCANNERS):
        return False
    change_db = sum(abs(old.rssi[scanner] - new.first_rssi[scanner]) for scanner in both) / len(both)
    return change_db <= (_UNLIKE_NAMED_DB if named else _UNLIKE_DB)
