"""What HTTP says of Atlas, its patterns, and media that were looked at. OpenAPI is made from these."""

from typing import Literal

from pydantic import BaseModel, Field

from engine.gateway.schemas import optional_iso
from engine.incidents.atlas.taxonomy import ATLAS_CATEGORIES, polisen_type, to_atlas
from engine.model.health import ModelRun, TriedProvider
from engine.model.incidents.atlas import AtlasState
from engine.model.incidents.atlas_call import MediaAnalysis, Pattern, PatternAnswer
from engine.model.incidents.incident import IncidentCategory
from engine.model.snapshot import Snapshot
from engine.runtime.incidents.media_looks import SeenHere


class PatternOut(BaseModel):
    id: str
    name: str
    categories: list[str]
    latitude: float
    longitude: float
    radius_m: float
    count: int
    trend: str
    significance: float
    confidence: float
    correlation: float = Field(description="of the products that see it, 0–1")
    products: dict[str, int] = Field(description="how often each product saw it")
    distance_m: float

    @classmethod
    def of(cls, pattern: Pattern) -> "PatternOut":
        return cls(
            id=pattern.id,
            name=pattern.name,
            categories=list(pattern.categories),
            latitude=pattern.latitude,
            longitude=pattern.longitude,
            radius_m=pattern.radius_m,
            count=pattern.count,
            trend=pattern.trend,
            significance=pattern.significance,
            confidence=pattern.confidence,
            correlation=pattern.correlation,
            products=dict(pattern.products),
            distance_m=round(pattern.distance_m, 1),
        )


class PatternsOut(BaseModel):
    status: Literal["available", "unavailable"] = Field(description="`unavailable`: nobody knows whether there are any")
    reason: str | None = Field(description="why it is unavailable, as a sentence")
    patterns: list[PatternOut]
    recommendations: list[str]

    @classmethod
    def of(cls, answer: PatternAnswer) -> "PatternsOut":
        return cls(
            status="available" if answer.available else "unavailable",
            reason=answer.reason or None,
            patterns=[PatternOut.of(pattern) for pattern in answer.patterns],
            recommendations=list(answer.recommendations),
        )


class FoundOut(BaseModel):
    label: str
    confidence: float = Field(description="of the surest one, 0–1")
    most_at_once: int | None = Field(description="in one picture; null where nobody counted")


class AnalysisOut(BaseModel):
    """`degraded`: it was not Atlas that looked. This machine tells what is to be seen or heard; what that means, it leaves null."""

    kind: Literal["photo", "video", "audio"]
    by: Literal["atlas", "local"]
    degraded: bool
    degraded_reason: str | None
    category: str | None
    severity: int | None
    confidence: float | None
    emergency: bool | None
    found: list[FoundOut]
    models: dict[str, str] = Field(description="by part: which model looked")
    pictures: int | None = Field(description="that were looked at, null where nobody says")
    seconds: float | None = Field(description="of sound that was listened to, null where nobody says")
    speech_share: float | None = Field(description="of those seconds with speech, null where nobody can tell")
    loudest_dbfs: float | None = Field(description="the loudest moment, 0 is full scale")

    @classmethod
    def of(cls, found: MediaAnalysis | SeenHere) -> "AnalysisOut":
        return cls.of_atlas(found) if isinstance(found, MediaAnalysis) else cls.of_here(found)

    @classmethod
    def of_atlas(cls, found: MediaAnalysis) -> "AnalysisOut":
        return cls(
            kind=_kind(found.kind),
            by="atlas",
            degraded=bool(found.degraded_reason),
            degraded_reason=found.degraded_reason or None,
            category=found.category,
            severity=int(found.severity),
            confidence=found.confidence,
            emergency=found.emergency,
            found=[FoundOut(label=label, confidence=sure, most_at_once=None) for label, sure in found.found],
            models=dict(found.models),
            pictures=None,
            seconds=None,
            speech_share=None,
            loudest_dbfs=None,
        )

    @classmethod
    def of_here(cls, found: SeenHere) -> "AnalysisOut":
        most = dict(found.most_at_once)
        return cls(
            kind=_kind(found.kind),
            by="local",
            degraded=True,
            degraded_reason=found.degraded_reason,
            category=None,
            severity=None,
            confidence=None,
            emergency=None,
            found=[FoundOut(label=label, confidence=round(sure, 4), most_at_once=most.get(label)) for label, sure in found.found],
            models={"speech" if found.kind == "audio" else "detector": name for name in found.models},
            pictures=found.looked_at if found.kind != "audio" else None,
            seconds=round(found.heard_s, 3) if found.kind == "audio" else None,
            speech_share=None if found.speech_share is None else round(found.speech_share, 4),
            loudest_dbfs=None if found.loudest_dbfs is None else round(found.loudest_dbfs, 1),
        )


class TriedOut(BaseModel):
    provider: str
    ms: float | None = Field(description="of a run, measured once on this machine; null where it was refused")
    refusal: str | None

    @classmethod
    def of(cls, tried: TriedProvider) -> "TriedOut":
        return cls(provider=tried.provider, ms=None if tried.refusal else round(tried.ms, 2), refusal=tried.refusal or None)


class ModelRunOut(BaseModel):
    """A model that is loaded."""

    model: str
    provider: str = Field(description="what runs it")
    ms: float | None = Field(description="of a run lately; null before the first one")
    reason: str | None = Field(description="why it is not the provider that was set")
    tried: list[TriedOut]

    @classmethod
    def of(cls, run: ModelRun) -> "ModelRunOut":
        tried = [TriedOut.of(each) for each in run.tried]
        return cls(model=run.model, provider=run.provider, ms=round(run.ms, 2) or None, reason=run.reason or None, tried=tried)


class AiHealthOut(BaseModel):
    """Shares are of incidents of the last seven days, null where there were none."""

    atlas: AtlasState
    reason: str | None
    since: str | None
    waiting: int = Field(description="calls that wait to be sent")
    dropped: int = Field(description="calls that were pushed out of the queue for being too many")
    classified: float | None = Field(description="share that Atlas classified")
    enriched: float | None = Field(description="share that patterns were found for")
    mean_ms: float | None
    uptime: float | None
    links_per_week: float | None
    agreement: float | None = Field(description="share of validated incidents that were predicted right")
    local_agreement: float | None = Field(description="the same, had the words of the report decided")
    overridden: list[str] = Field(description="settings that the environment decides")
    detector: str | None = Field(description="which one looks on this machine; null before its first picture")
    detector_trouble: str | None
    models: list[ModelRunOut]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "AiHealthOut":
        atlas, detector = snapshot.incidents.atlas, snapshot.health.detector
        return cls(
            atlas=atlas.state,
            reason=atlas.reason or None,
            since=optional_iso(atlas.since_ns or None),
            waiting=atlas.waiting,
            dropped=atlas.dropped,
            classified=atlas.classified,
            enriched=atlas.enriched,
            mean_ms=atlas.mean_ms,
            uptime=atlas.uptime,
            links_per_week=atlas.links_per_week,
            agreement=atlas.agreement,
            local_agreement=atlas.local_agreement,
            overridden=list(atlas.overridden),
            detector=detector.name or None,
            detector_trouble=detector.degraded_reason or None,
            models=[ModelRunOut.of(run) for run in snapshot.health.models],
        )


class CategoryOut(BaseModel):
    category: IncidentCategory
    atlas: str | None = Field(description="Atlas's word for it, null where it has none")
    atlas_severity: list[int] | None = Field(description="least and most that Atlas gives it")
    polisen: str = Field(description="the Swedish police's")

    @classmethod
    def of(cls, category: IncidentCategory) -> "CategoryOut":
        word = to_atlas(category)
        severity = None if word is None else list(ATLAS_CATEGORIES[word][1])
        return cls(category=category, atlas=word, atlas_severity=severity, polisen=polisen_type(category))


def _kind(kind: str) -> Literal["photo", "video", "audio"]:
    return "photo" if kind == "photo" else "video" if kind == "video" else "audio"
