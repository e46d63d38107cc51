"""What links say is a third of a run of the record and more, and follows from CSI alone: it is made once for two runs that differ by their
settings, and on another processor for a part of the record.

One run (`link_ticks`) takes in no more than it needs for that, and gives a reading for each tick; others (`GivenLinks`) go by them.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from engine.history.replay.run import ReplayRun, stepped
from engine.model.observation import EngineStarted, Numbered, SettingsChanged, Tick
from engine.model.radio.radio import CsiBatch, NodeChanged
from engine.model.site import RadioSettings
from engine.model.time import EVER_NS
from engine.pipeline.output import StepOutput
from engine.pipeline.pipeline import Pipeline

if TYPE_CHECKING:  # an engine without radio knows of replays, and loads nothing of radio
    from engine.pipeline.radio.links import LinkReadings
    from engine.pipeline.radio.radio import RadioLane

_OF_LINKS = (CsiBatch, NodeChanged, SettingsChanged, EngineStarted)


class LinkTick(NamedTuple):
    """Of one tick, by its time (UTC ns); None where nobody watched, or reading failed."""

    at_ns: int
    read: "LinkReadings | None"


class LinksApart(Exception):
    """This run asks for readings that the other one did not make: it has to make its own."""


LinkState: TypeAlias = Mapping[str, Any] | None  # as of `Links.state`; None where there is no radio


def link_ticks(run: ReplayRun) -> Iterator[LinkTick]:
    """One for each tick of a run that nobody else steps."""
    pipeline = run.pipeline
    while (numbered := run.peek(EVER_NS)) is not None:
        seen = numbered.observation
        if isinstance(seen, Tick):
            pipeline.pass_over(seen)
            yield LinkTick(seen.occurred_ns, _read(pipeline, numbered))
        elif isinstance(seen, _OF_LINKS):
            stepped(pipeline, numbered)


def _read(pipeline: Pipeline, numbered: Numbered) -> "LinkReadings | None":
    radio = _radio_lane(pipeline)
    if radio is None:
        return None
    try:
        return radio.read_links(numbered.received_ns, StepOutput(numbered.number, numbered.received_ns))
    except Exception:  # noqa: BLE001 - the same bug as when it was live, where it was reported
        return None


class GivenLinks:
    """In place of a radio lane's own links, from the first observation on. One thread.

    Attributes:
        apart: something was wanted that was not given; what was said since is worth nothing.
    """

    def __init__(self, ticks: Iterator[LinkTick]) -> None:
        self.apart = False
        self._ticks = ticks
        self._newest: LinkTick | None = None

    def pass_over(self, numbered: Numbered) -> None:
        """Before each observation is taken in. Raises LinksApart."""
        if self.apart:
            raise LinksApart
        if isinstance(numbered.observation, Tick):
            self._newest = next(self._ticks, None)

    def read(self, now_ns: int) -> "LinkReadings":
        newest = self._newest
        if newest is None or newest.at_ns != now_ns or newest.read is None:
            self.apart = True
            raise LinksApart
        return newest.read

    def state(self) -> Mapping[str, Any]:
        """There is none: whoever asks is about to go on without these."""
        self.apart = True
        raise LinksApart

    def restore(self, bank: Mapping[str, Any], jolts: Mapping[str, Any]) -> None:
        raise LinksApart

    def configure(self, radio: RadioSettings) -> None: ...

    def take(self, batch: CsiBatch) -> None: ...

    def forget(self) -> None: ...

    def forget_jolts(self) -> None: ...


def give_links(pipeline: Pipeline, ticks: Iterator[LinkTick] | None) -> GivenLinks | None:
    """Let the radio lane of a pipeline go by what another run made; None where it makes its own."""
    radio = None if ticks is None else _radio_lane(pipeline)
    if ticks is None or radio is None:
        return None
    given = radio.links = GivenLinks(ticks)
    return given


def link_state(pipeline: Pipeline) -> LinkState:
    """What the links of a pipeline know now."""
    radio = _radio_lane(pipeline)
    return None if radio is None else radio.links.state()


def take_links_back(pipeline: Pipeline, state: LinkState) -> None:
    """After a way by given links, up to the state that the run which made them ended with: go on with links of its own."""
    radio = _radio_lane(pipeline)
    if radio is not None and state is not None:
        radio.make_links(state)


def _radio_lane(pipeline: Pipeline) -> "RadioLane | None":
    from engine.pipeline.radio.radio import RadioLane

    return pipeline.find(RadioLane)
