"""What a search among known faces can come to. Scores are raw cosines, −1 to 1, never remapped."""

from typing import TypeAlias

from engine.model.errors import InputError
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class GalleryRules:
    """When two faces are the same person, and how much is kept of everybody.

    Attributes:
        threshold: raw cosine from which two embeddings may be the same person; comes with the model, see `LoadedFaces`.
        margin: by so much the best person must be ahead of the second one, and of a negative example of their own.
        per_person: embeddings kept of one person. negatives: examples kept of who is not that person.
        least_quality: a face below it is not learnt, since all poor faces look alike.
    """

    threshold: float
    margin: float = 0.05
    per_person: int = 12
    negatives: int = 12
    least_quality: float = 0.2

    def __post_init__(self) -> None:
        for name, low, high in (("threshold", 0.0, 1.0), ("margin", 0.0, 1.0), ("least_quality", 0.0, 1.0)):
            if not low <= getattr(self, name) <= high:
                raise InputError(name, f"needs {low:g} to {high:g}")
        for name in ("per_person", "negatives"):
            if not 1 <= getattr(self, name) <= 1000:
                raise InputError(name, "needs 1 to 1000")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be meant. score: their best embedding's, and sample_id: which that is."""

    person_id: str
    score: float
    sample_id: str


@dataclass(frozen=True, slots=True)
class Match:
    """Exactly one person fits. ahead: of the next one, or of the floor below which nobody is looked at, in cosine."""

    best: Candidate
    ahead: float

    @property
    def person_id(self) -> str:
        return self.best.person_id


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several people fit about equally well: for the operator to decide, never named by itself. Best first, at least two."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody fits. nearest: who came nearest below the threshold, within the margin. refused: who would fit but for a negative example."""

    nearest: Candidate | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The embedding cannot be searched for; a sentence says why."""

    reason: str


Decision: TypeAlias = Match | Ambiguous | Unknown | Rejected
