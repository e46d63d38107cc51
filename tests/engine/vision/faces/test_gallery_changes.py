"""Any sequence of changes: what is dropped is told, and nothing is lost, doubled or left behind."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from engine.model.errors import InputError, NotFound
from engine.model.geometry import Floats
from engine.vision.faces.decision import GalleryRules, Match
from engine.vision.faces.gallery import FaceGallery

D = 16
RULES = GalleryRules(0.6, per_person=4, negatives=3)


@dataclass
class Operator:
    """Does things at random, and keeps a plain record: sample → (person, negative, embedding)."""

    draw: np.random.Generator
    gallery: FaceGallery = field(default_factory=lambda: FaceGallery("test", D, RULES))
    record: dict[str, tuple[str, bool, Floats]] = field(default_factory=dict)
    count: int = 0

    def embedding(self) -> Floats:
        """Often one that is already there, or nearly."""
        vector = self.draw.standard_normal(D).astype(np.float32)
        if self.record and self.draw.random() < 0.4:
            vector = self.record[self.pick(sorted(self.record))][2] + 0.02 * vector
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def pick(self, names: list[str]) -> str:
        return names[int(self.draw.integers(len(names)))]

    def person(self) -> str:
        return f"p{self.draw.integers(6)}"

    def act(self) -> None:
        name = self.pick(["add"] * 6 + ["deny"] * 3 + ["confirm", "remove", "remove_sample", "merge", "split", "restore"])
        try:
            getattr(self, name)()
        except (InputError, NotFound):
            return

    def add(self) -> None:
        person, vector, self.count = self.person(), self.embedding(), self.count + 1
        gone = self.gallery.add(person, f"s{self.count:04d}", vector, float(self.draw.uniform(0.2, 1)))
        self.record[f"s{self.count:04d}"] = (person, False, vector)
        self.forget(gone)

    def deny(self) -> None:
        person, vector, self.count = self.person(), self.embedding(), self.count + 1
        gone = self.gallery.deny(person, f"s{self.count:04d}", vector)
        self.record[f"s{self.count:04d}"] = (person, True, vector)
        self.forget(gone)

    def confirm(self) -> None:
        self.forget(self.gallery.confirm(self.person(), self.embedding()))

    def remove(self) -> None:
        self.forget(self.gallery.remove(self.person()))

    def remove_sample(self) -> None:
        sample_id = self.pick(sorted(self.record) or ["nothing"])
        self.gallery.remove_sample(sample_id)
        del self.record[sample_id]

    def merge(self) -> None:
        kept, gone_id = self.person(), self.person()
        gone = self.gallery.merge(kept, gone_id)
        self.record = {s: (kept if p == gone_id else p, n, v) for s, (p, n, v) in self.record.items()}
        self.forget(gone)

    def split(self) -> None:
        person, new, moved = self.person(), self.person(), (self.pick(sorted(self.record) or ["nothing"]),)
        self.gallery.split(person, moved, new)
        self.record = {s: (new if s in moved else p, n, v) for s, (p, n, v) in self.record.items()}

    def restore(self) -> None:
        state = self.gallery.state()
        self.gallery = FaceGallery("test", D, RULES)
        self.gallery.restore(state)

    def forget(self, gone: tuple[str, ...]) -> None:
        assert len(set(gone)) == len(gone)
        for sample_id in gone:
            del self.record[sample_id]


def check(operator: Operator) -> None:
    """The gallery holds what the record says, within its bounds."""
    state = operator.gallery.state()
    held = {row.sample_id: (row.person_id, bool(n)) for row, n in zip(state.rows, state.negative, strict=True)}
    assert held == {sample_id: (person, negative) for sample_id, (person, negative, _) in operator.record.items()}
    for row, vector in zip(state.rows, state.embeddings, strict=True):
        assert np.abs(vector - operator.record[row.sample_id][2]).max() < 1e-5
    for person in operator.gallery.persons():
        assert len(operator.gallery.samples(person)) <= RULES.per_person
        assert len(operator.gallery.samples(person, negative=True)) <= RULES.negatives
    assert len(operator.gallery) == sum(not negative for _, negative, _ in operator.record.values())


@pytest.mark.parametrize("seed", range(5))
def test_any_sequence_of_changes(seed: int) -> None:
    operator = Operator(np.random.default_rng(seed))
    for _ in range(250):
        operator.act()
        check(operator)
    assert operator.count > 100


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_named_by_a_face_that_was_denied_for_them(seed: int) -> None:
    operator = Operator(np.random.default_rng(seed))
    for _ in range(150):
        operator.act()
    denied = [(person, vector) for person, negative, vector in operator.record.values() if negative]
    assert denied
    for person, vector in denied:
        decision = operator.gallery.match(vector)
        assert not (isinstance(decision, Match) and decision.person_id == person)


@pytest.mark.parametrize("seed", range(2))
def test_equal_histories_end_equal(seed: int) -> None:
    """Nothing depends on the order of sets or on memory addresses."""
    first, second = (Operator(np.random.default_rng(seed)) for _ in range(2))
    for _ in range(150):
        first.act()
        second.act()
    assert first.gallery.state().rows == second.gallery.state().rows
    assert first.gallery.state().embeddings.tobytes() == second.gallery.state().embeddings.tobytes()
