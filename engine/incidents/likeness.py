"""Whether pictures of two reports show the same, by the cosine of their embeddings."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.model.incident import Report

ALIKE = 0.70


@dataclass(frozen=True, slots=True)
class Likeness:
    """`similarity` None: not compared; then either not both have pictures, or `trouble` says why they could not be."""

    similarity: float | None = None
    trouble: str = ""

    @property
    def speaks_for(self) -> bool:
        return self.similarity is not None and self.similarity >= ALIKE

    @property
    def speaks_against(self) -> bool:
        return self.similarity is not None and self.similarity < ALIKE


def compare(report: Report, others: Iterable[Report]) -> Likeness:
    """With the most alike of the others' pictures. What could not be compared leaves the question open unless another one is alike."""
    theirs = [other for other in others if other.has_media]
    if not report.has_media or not theirs:
        return Likeness()
    found = [_pair(report, other) for other in theirs]
    known = [each.similarity for each in found if each.similarity is not None]
    trouble = next((each.trouble for each in found if each.trouble), "")
    if known and (max(known) >= ALIKE or not trouble):
        return Likeness(max(known))
    return Likeness(None, trouble)


def _pair(report: Report, other: Report) -> Likeness:
    for one in (report, other):
        if one.look_trouble or not one.look:
            return Likeness(None, one.look_trouble or "There is nothing to compare its pictures by.")
    if len(report.look) != len(other.look):
        return Likeness(None, "The pictures were looked at by different models.")
    cosine = float(np.dot(np.asarray(report.look), np.asarray(other.look)))
    if not np.isfinite(cosine):
        return Likeness(None, "The comparison of the pictures gave no number.")
    return Likeness(round(cosine, 6))  # the precision that embeddings have
