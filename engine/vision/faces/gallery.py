"""Known faces: who is it?

Exact search: the query's raw cosine with every embedding of every person, by one matrix product over contiguous float32, then the best of
each person. There is no training: what is added counts at once.
"""

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError, NotFound
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.faces.decision import Decision, GalleryRules, Rejected
from engine.vision.faces.rows import Row, Rows, least_useful
from engine.vision.faces.search import ROUNDING, decide, fault_of

_SAME_SHOT = 0.98  # cosine from which two embeddings come from one picture, or from neighbouring frames


@dataclass(frozen=True, slots=True, eq=False)
class GalleryState:
    """All that a gallery holds, as plain data in the order of person and sample id: equal contents give equal states.

    Attributes:
        model: which embeddings they are. rows: of `embeddings` (N, D) float32. negative: (N,) bool, examples of who a person is not.
    """

    model: str
    rows: tuple[Row, ...]
    embeddings: Floats
    negative: npt.NDArray[np.bool_]


class FaceGallery:
    """Known faces of one recogniser. One thread at a time. Persons are given by id; names are kept elsewhere.

    Every change gives the ids of the samples that it dropped, for the store to drop too.
    """

    def __init__(self, model: str, dimensions: int, rules: GalleryRules) -> None:
        """`model`: which file makes the embeddings; `dimensions`: how many numbers they have."""
        self.model = model
        self.rules = rules
        self._dimensions = dimensions
        self._known = Rows(dimensions)
        self._negative = Rows(dimensions)

    def __len__(self) -> int:
        """Embeddings, without the negative ones."""
        return len(self._known)

    def persons(self) -> tuple[str, ...]:
        """Ids of all with at least one example, also a negative one."""
        return tuple(sorted(self._known.owners() | self._negative.owners()))

    def samples(self, person_id: str, negative: bool = False) -> tuple[Row, ...]:
        """By sample id; none for a person who is not known."""
        rows = self._negative if negative else self._known
        return tuple(rows[index] for index in rows.of(person_id))

    def match(self, embedding: Floats) -> Decision:
        """Who it is; an embedding that cannot be searched for is `Rejected`, never raised."""
        try:
            query = self._unit(embedding)
        except InputError as error:
            return Rejected(error.message)
        return self.match_all(query[None])[0]

    def match_all(self, embeddings: Floats) -> list[Decision]:
        """As `match`, of several unit embeddings (Q, D) with one product; a row of zeros is `Rejected`."""
        faults = [fault_of(query) for query in embeddings]
        usable = np.where(np.array([[bool(fault)] for fault in faults], np.bool_).reshape(-1, 1), np.float32(0), embeddings)
        all_scores = self._known.scores(usable)
        return [
            Rejected(fault) if fault else decide(query, scores, self._known, self._negative, self.rules)
            for fault, query, scores in zip(faults, usable, all_scores, strict=True)
        ]

    def add(self, person_id: str, sample_id: str, embedding: Floats, quality: float) -> tuple[str, ...]:
        """Learn a face; gives the ids that went for it, which may be its own when the others are more useful.

        Negative examples of hers from the same picture go too: what was said last counts.

        Args:
            quality: 0–1, see `quality.quality`.

        Raises:
            InputError: `embedding` (length, numbers), `quality` (too poor to be learnt), `sample_id` (used already).
        """
        vector = self._unit(embedding)
        self._check_new(sample_id)
        if not self.rules.least_quality <= quality <= 1.0:
            raise InputError("quality", f"of this face is {quality:.2f}; a face is learnt from {self.rules.least_quality:g} on")
        gone = self._drop_alike(self._negative, person_id, vector)
        self._known.add(Row(sample_id, person_id, float(quality)), vector)
        return gone + self._bounded(person_id)

    def deny(self, person_id: str, sample_id: str, embedding: Floats) -> tuple[str, ...]:
        """ "This is not her": learn a negative example. Examples of hers from the same picture go; gives the ids that went.

        Raises:
            InputError: `embedding`, `sample_id` as for `add`.
        """
        vector = self._unit(embedding)
        self._check_new(sample_id)
        gone = self._drop_alike(self._known, person_id, vector)
        self._negative.add(Row(sample_id, person_id), vector)
        return gone + self._bounded_negatives(person_id)

    def confirm(self, person_id: str, embedding: Floats) -> tuple[str, ...]:
        """ "This is her", without learning the face: the example that it is nearest to is kept for good.

        Negative examples of hers from the same picture go; gives the ids that went.

        Raises:
            InputError: `embedding`. NotFound: no example of this person.
        """
        vector = self._unit(embedding)
        own = self._known.of(person_id)
        if not own:
            raise NotFound("There is no face of this person to confirm. Add one first.")
        nearest = own[int(np.argmax(self._known.vectors[own] @ vector))]
        self._known.confirm(self._known[nearest].sample_id)
        return self._drop_alike(self._negative, person_id, vector)

    def remove_sample(self, sample_id: str) -> None:
        """Raises: NotFound."""
        self._holding(sample_id).remove(sample_id)

    def remove(self, person_id: str) -> tuple[str, ...]:
        """Forget a person; gives the ids that went, none for a person who is not known."""
        gone = self._known.ids_of(person_id) + self._negative.ids_of(person_id)
        for sample_id in gone:
            self.remove_sample(sample_id)
        return gone

    def merge(self, kept_id: str, gone_id: str) -> tuple[str, ...]:
        """Two ids were one person; gives the ids that went because there were too many, or because they said that the two are not one.

        Raises:
            InputError: twice the same person. NotFound: `gone_id` has no example.
        """
        if kept_id == gone_id:
            raise InputError("gone_id", "is the same person")
        if gone_id not in self.persons():
            raise NotFound("There is no face of the person who is to be merged.")
        self._hand_over(self._known, self._known.ids_of(gone_id), kept_id)
        self._hand_over(self._negative, self._negative.ids_of(gone_id), kept_id)
        return self._contradictions(kept_id) + self._bounded(kept_id) + self._bounded_negatives(kept_id)

    def split(self, person_id: str, sample_ids: tuple[str, ...], new_person_id: str) -> None:
        """Some of a person's examples are another's. Negative examples stay unless named.

        Raises:
            InputError: `sample_ids` empty, or one that is not hers; `new_person_id` is the same or taken. Nothing was changed then.
        """
        if new_person_id in self.persons():
            raise InputError("new_person_id", "is taken; merge instead")
        own = {*self._known.ids_of(person_id), *self._negative.ids_of(person_id)}
        if not sample_ids or not own.issuperset(sample_ids):
            raise InputError("sample_ids", "needs at least one face, and only faces of the person who is split")
        for rows in (self._known, self._negative):
            self._hand_over(rows, tuple(sample_id for sample_id in sample_ids if sample_id in rows), new_person_id)

    def state(self) -> GalleryState:
        tables = [(rows, index) for rows in (self._known, self._negative) for index in range(len(rows))]
        tables.sort(key=lambda at: (at[0][at[1]].person_id, at[0][at[1]].sample_id))
        vectors = [rows.vectors[index] for rows, index in tables]
        embeddings = np.stack(vectors) if vectors else np.zeros((0, self._dimensions), np.float32)
        negative = np.array([rows is self._negative for rows, _ in tables], np.bool_)
        return GalleryState(self.model, tuple(rows[index] for rows, index in tables), embeddings, negative)

    def restore(self, state: GalleryState) -> None:
        """Take over all of a state, exactly, in place of what is held.

        Raises:
            InputError: of another model or length (`model`), damaged (`embeddings`, `sample_id`). Nothing was changed then.
        """
        if state.model != self.model:
            raise InputError("model", f"these faces were made by {state.model}, and cannot be compared with those of {self.model}")
        if not len(state.rows) == len(state.embeddings) == len(state.negative):
            raise InputError("embeddings", "there are not as many as rows")
        if len({row.sample_id for row in state.rows}) != len(state.rows):
            raise InputError("sample_id", "one is there twice")
        known, negative = Rows(self._dimensions), Rows(self._dimensions)
        for row, embedding, is_negative in zip(state.rows, state.embeddings, state.negative, strict=True):
            self._unit(embedding)
            (negative if is_negative else known).add(row, embedding)
        self._known, self._negative = known, negative

    def _unit(self, embedding: Floats) -> Floats:
        """As float32 of unit length. Raises: InputError (`embedding`)."""
        vector = np.asarray(embedding, np.float32)
        if vector.shape != (self._dimensions,):
            raise InputError("embedding", f"needs {self._dimensions} numbers, not {'×'.join(map(str, vector.shape)) or 'one'}")
        if fault := fault_of(vector):
            raise InputError("embedding", fault)
        length = np.float32(np.linalg.norm(vector.astype(np.float64)))
        return vector if abs(length - 1.0) < ROUNDING else (vector / length).astype(np.float32)

    def _check_new(self, sample_id: str) -> None:
        if sample_id in self._known or sample_id in self._negative:
            raise InputError("sample_id", f"{sample_id!r} is used already")

    def _holding(self, sample_id: str) -> Rows:
        for rows in (self._known, self._negative):
            if sample_id in rows:
                return rows
        raise NotFound("There is no such face.")

    def _hand_over(self, rows: Rows, sample_ids: tuple[str, ...], person_id: str) -> None:
        for sample_id in sample_ids:
            rows.hand_over(sample_id, person_id)

    def _drop_alike(self, rows: Rows, person_id: str, vector: Floats) -> tuple[str, ...]:
        gone = tuple(rows[index].sample_id for index in rows.of(person_id) if float(rows.vectors[index] @ vector) >= _SAME_SHOT)
        for sample_id in gone:
            rows.remove(sample_id)
        return gone

    def _contradictions(self, person_id: str) -> tuple[str, ...]:
        """Drops negative examples that are, by the same picture, also examples."""
        own = [self._known.vectors[index].copy() for index in self._known.of(person_id)]
        return tuple(sample_id for vector in own for sample_id in self._drop_alike(self._negative, person_id, vector))

    def _bounded(self, person_id: str) -> tuple[str, ...]:
        return _bound(self._known, person_id, self.rules.per_person)

    def _bounded_negatives(self, person_id: str) -> tuple[str, ...]:
        return _bound(self._negative, person_id, self.rules.negatives)


def _bound(rows: Rows, person_id: str, most: int) -> tuple[str, ...]:
    gone: list[str] = []
    while len(own := rows.of(person_id)) > most:
        chosen = rows[own[least_useful(rows.vectors[own], [rows[index] for index in own])]].sample_id
        rows.remove(chosen)
        gone.append(chosen)
    return tuple(gone)
