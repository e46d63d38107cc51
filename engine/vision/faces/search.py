"""From cosines with all known faces to a decision."""

import numpy as np

from engine.model.geometry import Floats
from engine.vision.faces.decision import Ambiguous, Candidate, Decision, GalleryRules, Match, Unknown
from engine.vision.faces.rows import Rows

ROUNDING = 1e-6  # of a cosine in float32: exactly the threshold is a match


def decide(query: Floats, scores: Floats, known: Rows, negative: Rows, rules: GalleryRules) -> Decision:
    """Who it is. Persons within the margin below the threshold take part, as rivals of those above it.

    Args:
        query: (D,) of unit length. scores: (N,) its cosines with the rows of `known`.
    """
    found = candidates(scores, known, rules.threshold - rules.margin)
    refused = {candidate.person_id for candidate in found if _matches_negative(query, candidate, negative, rules)}
    allowed = [candidate for candidate in found if candidate.person_id not in refused]
    best = allowed[0] if allowed else None
    if best is None or best.score < rules.threshold - ROUNDING:
        fitting = (c.person_id for c in found if c.person_id in refused and c.score >= rules.threshold - ROUNDING)
        return Unknown(best, tuple(sorted(fitting)))
    rivals = [candidate for candidate in allowed[1:] if best.score - candidate.score + ROUNDING < rules.margin]
    if rivals:
        return Ambiguous((best, *rivals))
    next_score = allowed[1].score if len(allowed) > 1 else rules.threshold - rules.margin
    return Match(best, best.score - next_score)


def candidates(scores: Floats, known: Rows, floor: float) -> list[Candidate]:
    """The best of each person at or above the floor, best first, equal ones by id."""
    best: dict[str, Candidate] = {}
    near = np.flatnonzero(scores >= floor - ROUNDING)
    for index in near[np.argsort(-scores[near], kind="stable")].tolist():
        row = known[index]
        if row.person_id not in best:
            best[row.person_id] = Candidate(row.person_id, float(scores[index]), row.sample_id)
    return sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.person_id))


def fault_of(vector: Floats) -> str:
    """Why it cannot be compared; empty when it can."""
    if not np.isfinite(vector).all():
        return "holds something that is not a number"
    return "" if vector.any() else "is all zeros, as of a face that was too poor to be embedded"


def _matches_negative(query: Floats, candidate: Candidate, negative: Rows, rules: GalleryRules) -> bool:
    """Whether a negative example of theirs is about as near as their own best one.

    Only about as near: who is taken for somebody else looks like them, so a negative example alone would shut out the right one too.
    """
    own = negative.of(candidate.person_id)
    if not own:
        return False
    nearest = float((negative.vectors[own] @ query).max())
    return nearest >= rules.threshold - ROUNDING and nearest > candidate.score - rules.margin
