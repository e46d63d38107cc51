"""What sessions can tell the engine to do about the forecast of incidents."""

from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class RetrainRisk:
    """Learn the forecast now, not at the hour of the settings. Starts a job (kind `retrain_risk`); gives the id of the one that runs
    already where there is one."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class ImportNeighbourhoods:
    """Named areas for forecasts: a GeoJSON FeatureCollection of polygons with a property `name`, in place of those of before; an empty text
    removes them. The outcome says how many there are."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    text: str = field(repr=False)


RiskCommand: TypeAlias = RetrainRisk | ImportNeighbourhoods
