"""Answers to `classify/threat`."""

from engine.incidents.atlas.answers import LONGEST_ID, Plain, clean, malformed, member, members, optional_text, share, text, texts, whole
from engine.incidents.atlas.patterns import is_shared
from engine.incidents.atlas.taxonomy import from_atlas, polisen_type
from engine.model.event import Severity
from engine.model.incidents.incident import Classification, IncidentCategory
from engine.model.value_class import dataclass

MOST_RECOMMENDATIONS = 10


@dataclass(frozen=True, slots=True)
class Prediction:
    """What Atlas says an incident is. `products`: by product, its own name for the category."""

    category: IncidentCategory
    severity: Severity
    confidence: float
    threat_id: str
    model_version: str
    products: tuple[tuple[str, str], ...]
    recommendations: tuple[str, ...]
    pattern_ids: tuple[str, ...]
    links: tuple[str, ...]
    subcategory: str = ""

    def as_classification(self, emergency: bool, at_ns: int) -> Classification:
        """`emergency`: said by the words here."""
        return Classification(
            category=self.category.value,
            severity=self.severity,
            confidence=self.confidence,
            by="atlas",
            at_ns=at_ns,
            threat_id=self.threat_id,
            model_version=self.model_version,
            emergency=emergency or self.severity is Severity.CRITICAL,
            products=self.products,
            recommendations=self.recommendations,
            pattern_ids=self.pattern_ids,
            links=self.links,
            subcategory=self.subcategory,
        )


def read_prediction(plain: Plain, named: bool, key: str) -> Prediction:
    """`named`: whether an answer without `threat_id` breaks the contract; else the call's key stands for it.

    Raises AtlasFault `malformed`."""
    said = member(plain, "classification")
    category, word = read_category(said, "threat_category")
    threat_id = text(plain, "threat_id", LONGEST_ID) if named else optional_text(plain, "threat_id", LONGEST_ID)
    if named and not threat_id:
        raise malformed("threat_id", "is empty")
    nearby = [pattern for pattern in members(plain, "nearby_patterns") if isinstance(pattern.get("pattern_id"), str)]
    return Prediction(
        category,
        Severity(whole(said, "severity", 1, 5)),
        share(said, "confidence"),
        threat_id or key,
        optional_text(said, "model_version", LONGEST_ID) or optional_text(plain, "model_version", LONGEST_ID),
        _products(plain, category, word),
        texts(plain, "recommendations")[:MOST_RECOMMENDATIONS],
        tuple(clean(pattern["pattern_id"], LONGEST_ID) for pattern in nearby),
        tuple(clean(pattern["pattern_id"], LONGEST_ID) for pattern in nearby if is_shared(pattern)),
        optional_text(said, "threat_subcategory", LONGEST_ID),
    )


def read_category(plain: Plain, name: str) -> tuple[IncidentCategory, str]:
    """In our words and in Atlas's."""
    word = text(plain, name)
    category = from_atlas(word)
    if category is None:
        raise malformed(name, f"is {word[:40]!r}, which is not in its taxonomy")
    return category, word


def _products(plain: Plain, category: IncidentCategory, word: str) -> tuple[tuple[str, str], ...]:
    """The planned contract has the other products' names inside the classification, the server has them beside it."""
    classification = member(plain, "classification")
    holder = plain if classification.get("product_mappings") is None else classification
    said = {} if holder.get("product_mappings") is None else member(holder, "product_mappings")
    halo, polisen = optional_text(said, "halo_incident_type"), optional_text(said, "polisen_type")
    level = optional_text(said, "sait_threat_level")
    named = (("atlas", word), ("halo", halo), ("polisen", polisen_type(category, polisen)), ("sait", level))
    return tuple((product, name) for product, name in named if name)
