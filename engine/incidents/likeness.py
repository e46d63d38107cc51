"""Whether pictures of two reports show the same, by the cosine of their embeddings: of all pairs of pictures the most alike counts."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.model.incidents.incident import Report
from engine.model.incidents.settings import IncidentSettings
from engine.model.value_class import dataclass

NOT_HERE = "Its pictures or video are not here, so they could not be compared: likeness needs the file, not only its name."
ALIKE = IncidentSettings().min_likeness


@dataclass(frozen=True, slots=True)
class Likeness:
    """`similarity` None: not compared; then either not both have pictures, or `trouble` says why they could not be."""

    similarity: float | None = None
    trouble: str = ""

    def is_at_least(self, alike: float) -> bool:
        return self.similarity is not None and self.similarity >= alike

    def is_below(self, alike: float) -> bool:
        return self.similarity is not None and self.similarity < alike


def why_not_compared(report: Report) -> str:
    """Why its pictures, or some of them, cannot be compared, as a sentence; empty where they can, or where it names none."""
    return report.look_trouble or (NOT_HERE if report.has_media and not report.look else "")


def compare(report: Report, others: Iterable[Report], alike: float = ALIKE) -> Likeness:
    """With the most alike of the others' pictures. What could not be compared leaves the question open unless another one is alike."""
    theirs = [other for other in others if other.has_media]
    if not report.has_media or not theirs:
        return Likeness()
    found = [_pair(report, other, alike) for other in theirs]
    known = [each.similarity for each in found if each.similarity is not None]
    trouble = next((each.trouble for each in found if each.trouble), "")
    if known and (max(known) >= alike or not trouble):
        return Likeness(max(known))
    return Likeness(None, trouble)


def _pair(report: Report, other: Report, alike: float) -> Likeness:
    trouble = why_not_compared(report) or why_not_compared(other)
    if not report.look or not other.look:
        return Likeness(None, trouble)
    ours, theirs = _looks(report), _looks(other)
    if report.look_by != other.look_by or ours.shape[1] != theirs.shape[1]:
        return Likeness(None, "The pictures were looked at by different models.")
    most = float(np.max(ours @ theirs.T))
    if not np.isfinite(most):
        return Likeness(None, "The comparison of the pictures gave no number.")
    similarity = round(most, 6)  # the precision that embeddings have
    return Likeness(None, trouble) if trouble and similarity < alike else Likeness(similarity)


def _looks(report: Report) -> npt.NDArray[np.float64]:
    """(pictures, numbers of each)."""
    return np.asarray(report.look, np.float64).reshape(report.look_count, -1)
