"""When a spare begins to stand in for a site, and when it hands back. Without IO and clock: whoever asks says what time it is."""

from enum import StrEnum

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.hub.spares.lease import Lease, LeaseState, Standing


class Verdict(StrEnum):
    WAIT = "wait"
    START = "start"
    HAND_BACK = "hand_back"


@dataclass(frozen=True, slots=True)
class JudgeTimes:
    """All in nanoseconds. `silent_ns`: without a renewal on a good line. first_ns: the same on a line that is new: where NATS was away for
    all, sites connect again after spares. calm_ns: so long the other side has as many cameras live before the spare hands back."""

    silent_ns: int = 4 * SECOND
    first_ns: int = 15 * SECOND
    calm_ns: int = 5 * SECOND


class _Holder:
    """Somebody who renews a lease: the site, or another spare that stands in for it."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self._heard_ns: int | None = None  # on the line of now
        self._calm_since_ns: int | None = None

    def know(self, lease: Lease) -> None:
        """As it was kept before this line."""
        if self._heard_ns is None:
            self.lease = lease

    def hear(self, lease: Lease, now_ns: int, mine: int, times: JudgeTimes) -> None:
        """`mine`: cameras that are live at the spare."""
        gap_ns = None if self._heard_ns is None else now_ns - self._heard_ns
        enough = lease.state is LeaseState.HELD and lease.live >= min(lease.cameras, mine)
        if not enough or gap_ns is None or gap_ns >= times.silent_ns:
            self._calm_since_ns = now_ns if enough else None
        elif self._calm_since_ns is None:
            self._calm_since_ns = now_ns
        self.lease, self._heard_ns = lease, now_ns

    def forget_line(self) -> None:
        self._heard_ns = self._calm_since_ns = None

    def is_silent(self, line_ns: int, now_ns: int, times: JudgeTimes) -> bool:
        """`line_ns`: since when the line is good."""
        if self._heard_ns is None:
            return now_ns - line_ns >= times.first_ns
        return now_ns - self._heard_ns >= times.silent_ns

    def is_calm(self, now_ns: int, times: JudgeTimes) -> bool:
        """It renews, and has had its cameras for long enough."""
        if self._heard_ns is None or self._calm_since_ns is None or now_ns - self._heard_ns >= times.silent_ns:
            return False
        return self._heard_ns - self._calm_since_ns >= times.calm_ns

    @property
    def has_given_up(self) -> bool:
        return self.lease is not None and self.lease.state is LeaseState.GIVEN_UP


class LeaseJudge:
    """One thread. Times are those of one steady clock, in nanoseconds.

    Silence counts only while the spare's own line to NATS is good: whoever hears nothing because of their own line starts nothing.
    """

    def __init__(self, times: JudgeTimes | None = None) -> None:
        self._times = times or JudgeTimes()
        self._line_ns: int | None = None
        self._site, self._other = _Holder(), _Holder()
        self.mine_live = 0  # cameras that the spare itself has live

    def line_good(self, now_ns: int) -> None:
        if self._line_ns is None:
            self._line_ns = now_ns

    def line_lost(self) -> None:
        """All that was heard counts no more; on the next line it begins anew."""
        self._line_ns = None
        for holder in (self._site, self._other):
            holder.forget_line()

    def know_site(self, lease: Lease) -> None:
        """What was kept of the site before this line."""
        self._site.know(lease)

    def know_other(self, standing: Standing) -> None:
        self._other.know(standing)

    def no_other(self) -> None:
        """The spare itself said last that it stands in, or nobody did."""
        self._other = _Holder()

    def misses_lease(self, now_ns: int) -> bool:
        """The line has been good for a while, and the site has no lease: that it fails would not be noticed."""
        return self._line_ns is not None and self._site.lease is None and now_ns - self._line_ns >= self._times.first_ns

    def hear_site(self, lease: Lease, now_ns: int) -> None:
        self._site.hear(lease, now_ns, self.mine_live, self._times)

    def hear_other(self, standing: Standing, now_ns: int) -> None:
        """Another spare, which says that it stands in, or does no longer."""
        self._other.hear(standing, now_ns, self.mine_live, self._times)

    @property
    def other_stands(self) -> bool:
        """Another spare said so last."""
        return self._other.lease is not None and not self._other.has_given_up

    def verdict(self, now_ns: int, stands: bool) -> Verdict:
        """`stands`: the spare stands in for the site now."""
        if self._line_ns is None:
            return Verdict.WAIT
        if stands:
            return Verdict.HAND_BACK if self._may_hand_back(now_ns) else Verdict.WAIT
        return Verdict.START if self._is_abandoned(self._line_ns, now_ns) else Verdict.WAIT

    def _may_hand_back(self, now_ns: int) -> bool:
        if self._site.has_given_up or self._site.is_calm(now_ns, self._times):
            return True
        return self.other_stands and self._other.is_calm(now_ns, self._times)

    def _is_abandoned(self, line_ns: int, now_ns: int) -> bool:
        if self._site.lease is None or self._site.has_given_up or not self._site.is_silent(line_ns, now_ns, self._times):
            return False
        return not self.other_stands or self._other.is_silent(line_ns, now_ns, self._times)
