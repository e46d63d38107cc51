"""Which of its capabilities a site uses."""

from dataclasses import dataclass
from typing import Annotated

from engine.model.capability import Capability
from engine.model.setting import Setting


@dataclass(frozen=True, slots=True)
class CapabilitySettings:
    """What the engine does at all; a change holds from its next start on. The risk map and fire build on incidents."""

    incidents: Annotated[bool, Setting("Reports and incidents")] = True
    risk: Annotated[bool, Setting("Risk map")] = True
    fire: Annotated[bool, Setting("Fire weather and smoke")] = True
    radio: Annotated[bool, Setting("Radio sensing")] = True
    speech: Annotated[bool, Setting("Microphones")] = True
    gestures: Annotated[bool, Setting("Gestures")] = True

    @property
    def left_out(self) -> frozenset[Capability]:
        return frozenset(each for each in Capability if not getattr(self, each.value))
