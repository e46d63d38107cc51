"""A client on a fake Atlas, whose time stands still unless it is told to go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.incidents.atlas.atlas_case import Case
from engine.incidents.atlas.client import AtlasClient, Pacing
from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.transport import HttpTransport, Place, Reply, Request, Transport
from engine.model.incidents.atlas import AtlasSettings
from engine.model.incidents.atlas_call import AtlasTally
from engine.model.time import SECOND, ManualClock

NOW_NS = 1_790_000_000 * SECOND
SHOTS = Case("shots fired, man with gun", 59.334591, 18.063240, NOW_NS, "other")


async def loopback(host: str, port: int, allow_private: bool) -> str:
    return "127.0.0.1"


@dataclass
class Caller:
    """`now_s` moves by hand and by the pauses that the client makes."""

    settings: AtlasSettings
    key: str | None = "atlas-test-key"
    transport: Transport = field(default_factory=lambda: HttpTransport(loopback))
    now_s: float = 1000.0
    pauses: list[float] = field(default_factory=list)
    tallies: list[tuple[AtlasTally, AtlasFault | None]] = field(default_factory=list)
    client: AtlasClient = field(init=False)

    def __post_init__(self) -> None:
        pacing = Pacing(lambda: self.now_s, self.pause, lambda: 0.5)
        clock = ManualClock(NOW_NS)
        self.client = AtlasClient(Account(self), self.transport, clock, self.note, pacing)

    def note(self, tally: AtlasTally, fault: AtlasFault | None) -> None:
        self.tallies.append((tally, fault))

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds

    def change(self, **changed: object) -> None:
        self.settings = replace(self.settings, **changed)  # type: ignore[arg-type]


@dataclass
class Account:
    caller: Caller

    def settings(self) -> AtlasSettings:
        return self.caller.settings

    def key(self) -> str | None:
        return self.caller.key


def caller(url: str, contract: str = "planned", **more: object) -> Caller:
    return Caller(AtlasSettings(enabled=True, url=url, contract=contract, **more))  # type: ignore[arg-type]


@dataclass
class Scripted:
    """A transport that answers as it is told, without a network; the last answer for ever."""

    replies: Sequence[Reply | AtlasFault]
    requests: list[tuple[Request, Place]] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)

    async def exchange(self, request: Request, place: Place, longest_s: float) -> Reply:
        self.requests.append((request, place))
        self.times_s.append(longest_s)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, AtlasFault):
            raise reply
        return reply


def scripted(*replies: Reply | AtlasFault, contract: str = "planned", **more: object) -> tuple[Caller, Scripted]:
    transport = Scripted(replies)
    settings = AtlasSettings(enabled=True, url="https://atlas.example", contract=contract, **more)  # type: ignore[arg-type]
    return Caller(settings, transport=transport), transport
