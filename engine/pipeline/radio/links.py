"""What the links of the floor say, of CSI alone: nobody else of the pipeline comes into it, and no setting but that radio is on."""

from collections.abc import Mapping
from typing import Any, Protocol

from engine.model.radio.radio import CsiBatch, LinkFeatures
from engine.model.site import RadioSettings
from engine.model.value_class import dataclass
from engine.radio.falls.impact_gate import SLOTS
from engine.radio.falls.jolts import Jolts, Shakes
from engine.radio.links.features import LinkBank


@dataclass(frozen=True, slots=True, eq=False)
class LinkReadings:
    """What the links say at one tick."""

    features: LinkFeatures
    shakes: Shakes


class Links(Protocol):
    """What the radio lane needs of them."""

    def configure(self, radio: RadioSettings) -> None: ...

    def take(self, batch: CsiBatch) -> None: ...

    def read(self, now_ns: int) -> LinkReadings:
        """At a tick. Changes nothing."""
        ...

    def forget(self) -> None:
        """What they have shown so far would be of the future."""
        ...

    def forget_jolts(self) -> None: ...

    def state(self) -> Mapping[str, Any]:
        """Of `bank` and `jolts`."""
        ...

    def restore(self, bank: Mapping[str, Any], jolts: Mapping[str, Any]) -> None: ...


class LinkStage:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._bank, self._jolts = LinkBank(), Jolts()
        self._radio = RadioSettings()

    def configure(self, radio: RadioSettings) -> None:
        self._radio = radio
        self._bank.configure(radio)

    def take(self, batch: CsiBatch) -> None:
        """What arrived before the next tick."""
        self._bank.take(batch)
        self._jolts.take(batch)

    def read(self, now_ns: int) -> LinkReadings:
        return LinkReadings(self._bank.features(now_ns), self._jolts.shakes(now_ns, SLOTS))

    def forget(self) -> None:
        self._bank, self._jolts = LinkBank(), Jolts()
        self._bank.configure(self._radio)

    def forget_jolts(self) -> None:
        self._jolts = Jolts()

    def state(self) -> Mapping[str, Any]:
        return {"bank": self._bank.state(), "jolts": self._jolts.state()}

    def restore(self, bank: Mapping[str, Any], jolts: Mapping[str, Any]) -> None:
        self._bank.restore(bank)
        self._jolts.restore(jolts)
