"""How each site of a console over several does."""

from enum import StrEnum

from engine.model.accounts.access import User, Verb
from engine.model.event import Severity
from engine.model.settings import Settings
from engine.model.value_class import dataclass


class SiteReach(StrEnum):
    CONNECTING = "connecting"  # never reached yet
    ONLINE = "online"
    AWAY = "away"  # does not answer
    LAPSED = "lapsed"  # its session is as old as one may become: the password lets it go on
    SIGNED_OUT = "signed_out"  # its session was ended, or none was given
    REFUSED = "refused"  # what it says is not understood, or is more than there can be


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site, as this console reaches it.

    Attributes:
        key: what this console calls it, before each of its ids. name: what the screen calls it.
        since_ns: when its reach became what it is. reason: why it is not online, a sentence; of a site that left out its part of an
            answer, why it did.
        clock_ahead_s: its clock against that of this machine, as the newest snapshot told; None: not known.
        latency_ms: of its answers; None: not known, or it is on this machine.
        copied: while it is away, what is asked of the past is answered from a hub's copy of its record.
        shown: False where the console was told to leave it out for now. open_alerts: how many it has, and the worst of them; told of
            one that is not shown.
        user, verbs: of the session there. settings: the site's own, with ids as everywhere on this console; None before the first snapshot.
    """

    key: str
    name: str
    reach: SiteReach = SiteReach.CONNECTING
    since_ns: int = 0
    reason: str = ""
    version: str = ""
    clock_ahead_s: float | None = None
    latency_ms: float | None = None
    user: User | None = None
    verbs: frozenset[Verb] = frozenset()
    settings: Settings | None = None
    shown: bool = True
    open_alerts: int = 0
    worst_alert: Severity | None = None
    copied: bool = False
