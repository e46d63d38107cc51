"""Answers to `analyze/media`."""

from typing import Any

from engine.incidents.atlas.answers import Plain, clean, malformed, member, members, number, share, text, whole
from engine.incidents.atlas.classified import read_category
from engine.incidents.atlas.fault import NOT_ANALYSED, AtlasFault
from engine.incidents.atlas.taxonomy import from_atlas
from engine.model.event import Severity
from engine.model.incidents.atlas_call import MediaAnalysis
from engine.model.incidents.incident import IncidentCategory
from engine.model.value_class import dataclass

_LEVELS = {
    "safe": Severity.MINIMAL,
    "minimal": Severity.MINIMAL,
    "low": Severity.LOW,
    "moderate": Severity.MODERATE,
    "medium": Severity.MODERATE,
    "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}
_CUTS = ((8.0, Severity.CRITICAL), (6.0, Severity.HIGH), (4.0, Severity.MODERATE), (2.0, Severity.LOW))


@dataclass(frozen=True, slots=True)
class Finding:
    category: IncidentCategory
    severity: Severity
    confidence: float
    found: tuple[tuple[str, float], ...]
    models: tuple[tuple[str, str], ...]

    def as_analysis(self, kind: str, at_ns: int) -> MediaAnalysis:
        emergency = self.severity is Severity.CRITICAL
        return MediaAnalysis(kind, self.category.value, self.severity, self.confidence, "atlas", at_ns, emergency, self.found, self.models)


def read_planned(plain: Plain, kind: str) -> Finding:
    """`{objects_detected, threats_detected, threat_level, confidence}`: the level a word, or a number of 0–10."""
    if not isinstance(plain.get("objects_detected"), list):
        raise malformed("objects_detected", "is not a list")
    threats = [_word(threat) for threat in _list_member(plain, "threats_detected")]
    category = next((known for word in threats if (known := from_atlas(word)) is not None), IncidentCategory.SUSPICIOUS_ACTIVITY)
    objects = tuple(_object_finding(item) for item in _list_member(plain, "objects_detected"))
    return Finding(category, _level(plain), share(plain, "confidence"), objects, ())


def read_real(plain: Plain, kind: str) -> Finding:
    """`{success, visual_analysis, audio_analysis, threat_classification, source_models}`; where nothing was analysed, the classification is
    empty. It calls the category by two names."""
    if plain.get("success") is not True:
        raise malformed("success", "is not true")
    said = member(plain, "threat_classification")
    if not said:
        raise AtlasFault(NOT_ANALYSED, f"Atlas takes the {kind} but does not analyse it.")
    category, _ = read_category(said, "threat_category" if "threat_category" in said else "category")
    severity, confidence = Severity(whole(said, "severity", 1, 5)), share(said, "confidence")
    models = {} if plain.get("source_models") is None else member(plain, "source_models")
    return Finding(
        category, severity, confidence, _media_findings(plain), tuple((clean(name, 100), text(models, name)) for name in sorted(models))
    )


def _media_findings(plain: Plain) -> tuple[tuple[str, float], ...]:
    seen = () if plain.get("visual_analysis") is None else members(member(plain, "visual_analysis"), "objects")
    heard = () if plain.get("audio_analysis") is None else members(member(plain, "audio_analysis"), "threat_sounds")
    objects = tuple((text(item, "class"), share(item, "confidence")) for item in seen)
    return objects + tuple((text(item, "type"), share(item, "confidence")) for item in heard)


def _level(plain: Plain) -> Severity:
    said = plain.get("threat_level")
    if isinstance(said, str):
        if said.lower() not in _LEVELS:
            raise malformed("threat_level", f"is {said[:40]!r}, which is none of {', '.join(_LEVELS)}")
        return _LEVELS[said.lower()]
    level = number(plain, "threat_level", 0, 10)
    return next((severity for least, severity in _CUTS if level >= least), Severity.MINIMAL)


def _list_member(plain: Plain, name: str) -> list[Any]:
    found = plain.get(name)
    if not isinstance(found, list):
        raise malformed(name, "is missing or not a list")
    return found[:50]  # pyright: ignore[reportUnknownVariableType]


def _word(threat: Any) -> str:
    """A threat by its name, or as an object that has one."""
    if isinstance(threat, str):
        return threat
    if isinstance(threat, dict):
        return text(threat, "category" if "category" in threat else "type")  # pyright: ignore[reportUnknownArgumentType]
    raise malformed("threats_detected", "holds something that is neither text nor an object")


def _object_finding(item: Any) -> tuple[str, float]:
    """An object by its name alone is taken as the whole answer's confidence says, which is not known here: 1 would be a guess, so 0."""
    if isinstance(item, str):
        return clean(item, 100), 0.0
    if isinstance(item, dict):
        return text(item, "class" if "class" in item else "label"), share(item, "confidence")  # pyright: ignore[reportUnknownArgumentType]
    raise malformed("objects_detected", "holds something that is neither text nor an object")
