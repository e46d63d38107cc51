"""The two versions of Atlas's contract that are spoken: as it was planned, and as its server is. A closed table.

Both post to `classify/threat`; the server's own route for incidents (`halo/classify-incident`) is not used, because it looks for its answer
under a name that its classifier does not use, and so calls every incident minimal. The planned one names each answer (`threat_id`); the
real one does not, so that feedback names the call's idempotency key instead.
"""

import json
from collections.abc import Callable

from engine.incidents.atlas import classified, media_findings
from engine.incidents.atlas.answers import Plain
from engine.incidents.atlas.atlas_case import Around, Case, Verdict
from engine.incidents.atlas.classified import Prediction
from engine.incidents.atlas.media_findings import Finding
from engine.incidents.atlas.taxonomy import to_atlas
from engine.model.incidents.incident import IncidentCategory
from engine.model.time import to_iso
from engine.model.value_class import dataclass

UNTYPED = ("", IncidentCategory.OTHER.value)  # which says nothing, and Atlas has no word for
CLASSIFY, ANALYSE, FEEDBACK, PATTERNS = "classify/threat", "analyze/media", "training/feedback", "intelligence/patterns"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one version asks and answers. Readers raise AtlasFault.

    `media_form`: the fields beside the file, of kind, product and incident ("" for none). `place_names`: of latitude and longitude in a
    context. `names_answers`: whether a classification without `threat_id` breaks the contract. `filters_patterns`: whether patterns can be
    asked for by category; else they are filtered here alone.
    """

    name: str
    names_answers: bool
    place_names: tuple[str, str]
    media_form: Callable[[str, str, str], dict[str, str]]
    feedback_body: Callable[[Verdict, str], Plain]
    filters_patterns: bool
    read_finding: Callable[[Plain, str], Finding]

    def classify_body(self, case: Case, product: str) -> Plain:
        latitude, longitude = self.place_names
        context = {
            latitude: case.latitude,
            longitude: case.longitude,
            "timestamp": to_iso(case.occurred_ns),
            "source_product": product,
            "incident_type": None if case.category in UNTYPED else case.category,
        }
        return {
            "type": "text",
            "data": case.text,
            "context": context,
            "options": {"include_nearby_patterns": True, "correlation_threshold": 0.7},
        }

    def read_prediction(self, plain: Plain, key: str) -> Prediction:
        """`key`: of the call."""
        return classified.read_prediction(plain, self.names_answers, key)

    def patterns_query(self, around: Around) -> dict[str, str]:
        wanted = sorted({word for category in around.categories if (word := to_atlas(category)) is not None})
        return {
            "lat": f"{around.latitude}",
            "lon": f"{around.longitude}",
            "radius_km": f"{around.radius_km:g}",
            "time_range": f"{around.days}d",
            "min_significance": f"{around.min_significance:g}",
        } | ({"threat_types": ",".join(wanted)} if wanted and self.filters_patterns else {})


def _planned_form(kind: str, product: str, incident_id: str) -> dict[str, str]:
    context = {"source_product": product} | ({"incident_id": incident_id} if incident_id else {})
    return {"media_type": kind, "context": json.dumps(context)}


def _real_form(kind: str, product: str, incident_id: str) -> dict[str, str]:
    return {"media_type": kind, "analysis_depth": "quick"}


def _planned_feedback(verdict: Verdict, product: str) -> Plain:
    """An operator's word is a correction, whether it differs or agrees: the contract knows nothing else."""
    return {
        "source_product": product,
        "prediction_id": verdict.prediction_id,
        "predicted_category": verdict.predicted,
        "actual_category": verdict.actual,
        "user_correction": True,
        "correction_metadata": {"corrected_by": verdict.corrected_by, "correction_timestamp": to_iso(verdict.corrected_ns)},
    }


def _real_feedback(verdict: Verdict, product: str) -> Plain:
    """With what the server requires besides."""
    return {
        "source_product": product,
        "prediction_id": verdict.prediction_id,
        "model_version": verdict.model_version,
        "predicted_category": verdict.predicted,
        "actual_category": verdict.actual,
        "confidence_score": verdict.confidence,
        "user_correction": verdict.predicted != verdict.actual,
        "correction_metadata": {"category": verdict.actual_here},
    }


DIALECTS = {
    "planned": Dialect("planned", True, ("latitude", "longitude"), _planned_form, _planned_feedback, False, media_findings.read_planned),
    "real": Dialect("real", False, ("lat", "lon"), _real_form, _real_feedback, True, media_findings.read_real),
}
