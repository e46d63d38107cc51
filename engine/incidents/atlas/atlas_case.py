"""What Atlas is asked, without anybody's identity. Kept in the record as JSON while it waits."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from engine.incidents.atlas.anonymity import masked, rounded
from engine.incidents.atlas.taxonomy import to_atlas
from engine.model.incidents.incident import EvidenceKind, Incident, IncidentCategory
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain

T = TypeVar("T")
SOMEBODY = "operator"  # where nobody is named
UNKNOWN_MODEL = "unknown"  # where Atlas did not say which model it was; the field is required


@dataclass(frozen=True, slots=True)
class Case:
    """An incident to be classified. category: what the reporter thinks it is."""

    text: str
    latitude: float
    longitude: float
    occurred_ns: int
    category: str

    @classmethod
    def from_incident(cls, incident: Incident, digits: int, names: Sequence[str] = ()) -> "Case":
        """`names`: of people who are known here."""
        text = masked(incident.description, names)
        return cls(text, incident.latitude, incident.longitude, incident.occurred_ns, _reported_category(incident)).coarser(digits)

    def coarser(self, digits: int) -> "Case":
        """Rounded to so many decimals of a degree, where it is not already."""
        return replace(self, latitude=rounded(self.latitude, digits), longitude=rounded(self.longitude, digits))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator said that an incident was, beside what Atlas had predicted; both in Atlas's words. `actual_here`: in ours.

    `corrected_by`: a pseudonym; `corrected_ns`: 0 in what was written by older versions."""

    prediction_id: str
    model_version: str
    confidence: float
    predicted: str
    actual: str
    actual_here: str
    corrected_by: str = SOMEBODY
    corrected_ns: int = 0

    @classmethod
    def from_incident(cls, incident: Incident, actual: IncidentCategory, by: str = SOMEBODY, at_ns: int = 0) -> "Verdict | None":
        """None where Atlas has predicted nothing. What Atlas has no word for is `other`."""
        said = incident.classification
        if said is None or said.by != "atlas":
            return None
        predicted = dict(said.products).get("atlas", said.category)
        version = said.model_version or UNKNOWN_MODEL
        return cls(said.threat_id, version, said.confidence, predicted, to_atlas(actual) or "other", actual.value, by, at_ns)


@dataclass(frozen=True, slots=True)
class Around:
    """Patterns around a place. Empty categories: all."""

    latitude: float
    longitude: float
    radius_km: float = 5.0
    days: int = 7
    min_significance: float = 0.7
    categories: tuple[IncidentCategory, ...] = ()

    def coarser(self, digits: int) -> "Around":
        return replace(self, latitude=rounded(self.latitude, digits), longitude=rounded(self.longitude, digits))


def _reported_category(incident: Incident) -> str:
    """What somebody says it is; empty where only words or Atlas have said so."""
    reported = [link.category for link in incident.corroborations if link.kind is EvidenceKind.REPORT]
    somebodys = not reported or incident.category in reported or "category" in incident.edited
    return incident.category.value if somebodys else ""


def case_json(value: Case | Verdict) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def read_case(kind: type[T], text: str) -> T:
    """Raises InputError for what another version has written otherwise."""
    return read_as(kind, json.loads(text))
