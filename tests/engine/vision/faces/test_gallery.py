"""Who it is: S1 to S4, negative examples, and what the gallery keeps."""

from itertools import pairwise

import numpy as np
import pytest

from engine.model.errors import InputError, NotFound
from engine.model.geometry import Floats
from engine.vision.faces.decision import Ambiguous, GalleryRules, Match, Rejected, Unknown
from engine.vision.faces.gallery import FaceGallery, GalleryState
from engine.vision.faces.rows import Row

D = 128


def axis(number: int) -> Floats:
    return np.eye(D, dtype=np.float32)[number]


def at(cosine: float, towards: int = 0, beside: int = 1) -> Floats:
    """A unit embedding with this cosine to one axis, and the rest along another."""
    return (cosine * axis(towards) + np.sqrt(1 - cosine**2) * axis(beside)).astype(np.float32)


def gallery(threshold: float = 0.6, **rules: float) -> FaceGallery:
    return FaceGallery("test", D, GalleryRules(threshold, **rules))  # type: ignore[arg-type]


def knowing(**persons: Floats) -> FaceGallery:
    made = gallery()
    for name, embedding in persons.items():
        made.add(name, f"{name}-1", embedding, 1.0)
    return made


def units(draw: np.random.Generator, count: int) -> Floats:
    vectors = draw.standard_normal((count, D), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize(("cosine", "matches"), [(0.59, False), (0.60, True), (0.61, True)])
def test_s1_the_threshold_is_on_raw_cosine(cosine: float, matches: bool) -> None:
    assert isinstance(knowing(anna=axis(0)).match(at(cosine)), Match if matches else Unknown)


@pytest.mark.parametrize("seed", range(20))
def test_s1_holds_in_any_direction(seed: int) -> None:
    """Exactly the threshold is a match, however the numbers are rounded."""
    draw = np.random.default_rng(seed)
    anna, other = units(draw, 2).astype(np.float64)
    other -= (other @ anna) * anna
    other /= np.linalg.norm(other)
    known = knowing(anna=anna.astype(np.float32))
    for cosine, kind in ((0.59, Unknown), (0.60, Match), (0.61, Match)):
        query = (cosine * anna + np.sqrt(1 - cosine**2) * other).astype(np.float32)
        assert isinstance(known.match(query * np.float32(draw.uniform(0.1, 9))), kind)


def test_s2_the_references_060_is_no_match() -> None:
    """There (cosine + 1) / 2 was compared, so that 0.20 passed for 0.60."""
    assert knowing(anna=axis(0)).match(at(0.20)) == Unknown()


BAD = {
    "zeros": (np.zeros(D, np.float32), "zeros"),
    "nan": (np.where(np.arange(D) == 5, np.nan, 1).astype(np.float32), "not a number"),
    "infinite": (np.where(np.arange(D) == 5, np.inf, 1).astype(np.float32), "not a number"),
    "one short": (np.ones(D - 1, np.float32), "needs 128 numbers, not 127"),
    "two rows": (np.ones((2, D), np.float32), "not 2×128"),
    "none": (np.zeros(0, np.float32), "needs 128"),
    "a number": (np.float32(3), "needs 128"),
}


@pytest.mark.parametrize("bad", BAD)
def test_s3_bad_embeddings_are_rejected_with_a_reason(bad: str) -> None:
    known = knowing(anna=axis(0))
    embedding, said = BAD[bad]
    decision = known.match(embedding)
    assert isinstance(decision, Rejected)
    assert said in decision.reason
    for change in (lambda: known.add("anna", "x", embedding, 1.0), lambda: known.deny("anna", "x", embedding)):
        with pytest.raises(InputError, match=said) as caught:
            change()
        assert caught.value.field == "embedding"
    with pytest.raises(InputError, match=said):
        known.confirm("anna", embedding)
    assert [row.sample_id for row in known.samples("anna")] == ["anna-1"]


def test_s3_among_several_only_the_bad_one_is_rejected() -> None:
    known = knowing(anna=axis(0))
    decisions = known.match_all(np.stack([axis(0), np.zeros(D, np.float32), np.full(D, np.nan, np.float32), axis(7)]))
    assert [type(decision) for decision in decisions] == [Match, Rejected, Rejected, Unknown]


def test_s3_of_another_recogniser() -> None:
    assert isinstance(FaceGallery("x", 512, GalleryRules(0.6)).match(np.ones(511, np.float32)), Rejected)


def test_s4_two_near_candidates_are_for_the_operator() -> None:
    query = (0.71 * axis(0) + 0.69 * axis(1) + np.sqrt(1 - 0.71**2 - 0.69**2) * axis(2)).astype(np.float32)
    decision = knowing(anna=axis(0), bea=axis(1), carl=axis(3)).match(query)
    assert isinstance(decision, Ambiguous)
    assert [(c.person_id, round(c.score, 2)) for c in decision.candidates] == [("anna", 0.71), ("bea", 0.69)]


@pytest.mark.parametrize(("second", "kind"), [(0.649, Match), (0.65, Match), (0.651, Ambiguous), (0.70, Ambiguous)])
def test_the_margin_is_met_exactly(second: float, kind: type) -> None:
    query = (0.70 * axis(0) + second * axis(1) + np.sqrt(1 - 0.49 - second**2) * axis(2)).astype(np.float32)
    assert isinstance(knowing(anna=axis(0), bea=axis(1)).match(query), kind)


@pytest.mark.parametrize("seed", range(20))
def test_the_margin_is_met_exactly_in_any_direction(seed: int) -> None:
    """Exactly the margin ahead is enough, however the numbers are rounded."""
    basis, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((D, 3)))
    known = knowing(anna=basis[:, 0].astype(np.float32), bea=basis[:, 1].astype(np.float32))
    for first, second in ((0.70, 0.65), (0.68, 0.63), (0.71, 0.66)):
        query = basis @ [first, second, np.sqrt(1 - first**2 - second**2)]
        assert isinstance(known.match(query.astype(np.float32)), Match)


def test_a_rival_just_below_the_threshold_counts() -> None:
    query = (0.61 * axis(0) + 0.58 * axis(1) + np.sqrt(1 - 0.61**2 - 0.58**2) * axis(2)).astype(np.float32)
    assert isinstance(knowing(anna=axis(0), bea=axis(1)).match(query), Ambiguous)


def test_the_same_face_under_two_names_is_ambiguous() -> None:
    assert isinstance(knowing(anna=axis(0), bea=axis(0)).match(axis(0)), Ambiguous)


def test_several_faces_of_one_person_are_no_rivals() -> None:
    known = knowing(anna=axis(0))
    known.add("anna", "anna-2", at(0.9), 1.0)
    decision = known.match(at(0.98))
    assert isinstance(decision, Match)
    assert decision.best.sample_id == "anna-1"


def test_an_empty_gallery_knows_nobody() -> None:
    empty = gallery()
    assert empty.match(axis(0)) == Unknown()
    assert empty.match_all(np.zeros((0, D), np.float32)) == []
    assert empty.persons() == ()


def test_who_came_nearest_is_said() -> None:
    decision = knowing(anna=axis(0)).match(at(0.57))
    assert isinstance(decision, Unknown)
    assert decision.nearest is not None
    assert decision.nearest.person_id == "anna"


@pytest.mark.parametrize("seed", range(10))
def test_search_is_exact(seed: int) -> None:
    """After many changes, the best of every person is what a plain loop finds."""
    draw = np.random.default_rng(seed)
    known, plain = gallery(0.2, per_person=1000), {}
    for number, vector in enumerate(units(draw, 400)):
        person = f"p{draw.integers(30)}"
        known.add(person, f"s{number}", vector, 1.0)
        plain[f"s{number}"] = (person, vector)
        if number % 3 == 0:
            gone = sorted(plain)[int(draw.integers(len(plain)))]
            known.remove_sample(gone)
            del plain[gone]
    for query in units(draw, 20):
        best: dict[str, float] = {}
        for person, vector in plain.values():
            best[person] = max(best.get(person, -1.0), float(vector @ query))
        first, second = sorted(best.items(), key=lambda item: -item[1])[:2]
        decision = known.match(query)
        if first[1] < 0.2:
            assert isinstance(decision, Unknown)
        elif first[1] - second[1] < 0.05:
            assert isinstance(decision, Ambiguous)
            assert decision.candidates[0].person_id == first[0]
        else:
            assert isinstance(decision, Match)
            assert decision.person_id == first[0]
            assert abs(decision.best.score - first[1]) < 1e-5


def test_this_is_not_anna() -> None:
    """A look-alike is refused for her from then on; she herself is still recognised."""
    known = knowing(anna=axis(0))
    look_alike = at(0.65)
    assert isinstance(known.match(look_alike), Match)
    assert known.deny("anna", "not-1", look_alike) == ()
    assert known.match(look_alike) == Unknown(None, ("anna",))
    assert known.match(at(0.66)) == Unknown(None, ("anna",))
    assert isinstance(known.match(at(0.97)), Match)
    assert isinstance(known.match(axis(0)), Match)


def test_a_denial_counts_for_her_alone() -> None:
    known = knowing(anna=axis(0), bea=at(0.62, beside=1))
    known.deny("anna", "not-1", at(0.64))
    decision = known.match(at(0.64))
    assert isinstance(decision, Match)
    assert decision.person_id == "bea"


def test_denying_a_face_that_was_learnt_as_hers_drops_it() -> None:
    known = knowing(anna=axis(0))
    known.add("anna", "anna-2", axis(1), 1.0)
    assert known.deny("anna", "not-1", at(0.995, towards=1, beside=2)) == ("anna-2",)
    assert isinstance(known.match(axis(1)), Unknown)
    assert isinstance(known.match(axis(0)), Match)


def test_what_was_said_last_counts() -> None:
    """A face denied by mistake and then given to her all the same."""
    known = knowing(anna=axis(0))
    known.deny("anna", "not-1", axis(3))
    assert known.add("anna", "anna-2", axis(3), 1.0) == ("not-1",)
    assert isinstance(known.match(axis(3)), Match)


def test_confirming_learns_nothing() -> None:
    known = knowing(anna=axis(0))
    before = known.state()
    assert known.confirm("anna", at(0.7)) == ()
    after = known.state()
    assert np.array_equal(before.embeddings, after.embeddings)
    assert [row.confirmed for row in after.rows] == [1]
    with pytest.raises(NotFound):
        known.confirm("nobody", axis(0))


def test_confirming_takes_back_a_denial() -> None:
    known = knowing(anna=axis(0))
    known.deny("anna", "not-1", at(0.7))
    assert isinstance(known.match(at(0.7)), Unknown)
    assert known.confirm("anna", at(0.7)) == ("not-1",)
    assert isinstance(known.match(at(0.7)), Match)


def test_a_confirmed_face_is_kept_when_others_go() -> None:
    known = gallery(per_person=3)
    known.add("anna", "old", axis(0), 0.3)
    known.confirm("anna", axis(0))
    for number in range(1, 9):
        known.add("anna", f"new{number}", axis(number), 1.0)
    assert "old" in {row.sample_id for row in known.samples("anna")}
    assert len(known.samples("anna")) == 3


def test_what_is_kept_is_good_and_unlike_the_rest() -> None:
    """Twenty frames of one moment and three other looks: the looks stay."""
    known = gallery(per_person=4)
    draw = np.random.default_rng(3)
    for number, noise in enumerate(units(draw, 20)):
        known.add("anna", f"frame{number:02d}", axis(0) + 0.1 * noise, 0.8)
    for number in (1, 2, 3):
        known.add("anna", f"look{number}", axis(number), 0.6)
    for number, noise in enumerate(units(draw, 20), start=20):
        known.add("anna", f"frame{number:02d}", axis(0) + 0.1 * noise, 0.8)
    kept = {row.sample_id for row in known.samples("anna")}
    assert {"look1", "look2", "look3"} < kept
    assert len(kept) == 4


def test_of_two_alike_the_better_one_is_kept() -> None:
    known = gallery(per_person=2)
    known.add("anna", "a", axis(0), 0.9)
    known.add("anna", "b", axis(1), 0.9)
    assert known.add("anna", "c", at(0.99, towards=1, beside=2), 0.5) == ("c",)
    assert known.add("anna", "d", at(0.99, towards=1, beside=2), 1.0) == ("b",)


def test_the_bound_holds_and_what_goes_is_told() -> None:
    known = gallery(per_person=5)
    gone = [x for number, v in enumerate(units(np.random.default_rng(0), 50)) for x in known.add("anna", f"s{number:02d}", v, 0.5)]
    kept = {row.sample_id for row in known.samples("anna")}
    assert len(kept) == 5
    assert kept | set(gone) == {f"s{number:02d}" for number in range(50)}
    assert len(gone) == 45


def test_negative_examples_are_bounded_too() -> None:
    known = gallery(negatives=3)
    for number, vector in enumerate(units(np.random.default_rng(0), 10)):
        known.deny("anna", f"n{number}", vector)
    assert len(known.samples("anna", negative=True)) == 3


@pytest.mark.parametrize("quality", [0.0, 0.19, 1.2, float("nan")])
def test_poor_faces_are_not_learnt(quality: float) -> None:
    known = gallery()
    with pytest.raises(InputError, match="quality"):
        known.add("anna", "x", axis(0), quality)
    assert known.persons() == ()


def test_an_id_is_used_once() -> None:
    known = knowing(anna=axis(0))
    known.deny("anna", "not-1", axis(1))
    for used in ("anna-1", "not-1"):
        with pytest.raises(InputError, match="used already"):
            known.add("bea", used, axis(2), 1.0)
        with pytest.raises(InputError, match="used already"):
            known.deny("bea", used, axis(2))


def test_a_removed_person_is_gone_from_memory() -> None:
    known = knowing(anna=axis(0), bea=axis(1))
    known.deny("anna", "not-1", axis(2))
    assert known.remove("anna") == ("anna-1", "not-1")
    assert isinstance(known.match(axis(0)), Unknown)
    assert known.persons() == ("bea",)
    assert len(known) == 1
    assert np.abs(known._known._vectors[:, 0]).max() == 0.0  # nor beyond the rows in use
    assert np.abs(known._negative._vectors).max() == 0.0
    assert known.remove("anna") == ()


def test_removing_one_face() -> None:
    known = knowing(anna=axis(0), bea=axis(1), carl=axis(2))
    known.remove_sample("anna-1")
    assert [known.match(axis(n)).__class__ for n in range(3)] == [Unknown, Match, Match]
    with pytest.raises(NotFound):
        known.remove_sample("anna-1")


def test_merging_two_persons() -> None:
    """What said that the two are not one goes."""
    known = knowing(anna=axis(0), stranger=at(0.3))
    known.deny("anna", "not-1", at(0.3))
    known.deny("anna", "not-2", axis(9))
    assert known.merge("anna", "stranger") == ("not-1",)
    assert known.persons() == ("anna",)
    decision = known.match(at(0.3))
    assert isinstance(decision, Match)
    assert decision.person_id == "anna"
    assert [row.sample_id for row in known.samples("anna", negative=True)] == ["not-2"]


def test_merging_keeps_to_the_bound() -> None:
    known = gallery(per_person=3)
    for number in range(6):
        known.add("anna" if number < 3 else "bea", f"s{number}", axis(number), 1.0)
    gone = known.merge("anna", "bea")
    assert len(gone) == 3
    assert len(known.samples("anna")) == 3


def test_merging_nobody() -> None:
    known = knowing(anna=axis(0))
    with pytest.raises(InputError):
        known.merge("anna", "anna")
    with pytest.raises(NotFound):
        known.merge("anna", "nobody")
    assert known.persons() == ("anna",)


def test_splitting_a_person() -> None:
    known = knowing(anna=axis(0), carl=axis(5))
    known.add("anna", "bea-1", axis(1), 1.0)
    known.deny("anna", "not-1", axis(2))
    known.split("anna", ("bea-1",), "bea")
    assert known.persons() == ("anna", "bea", "carl")
    found = known.match(axis(1))
    assert isinstance(found, Match)
    assert found.person_id == "bea"
    assert known.samples("anna", negative=True)[0].sample_id == "not-1"


@pytest.mark.parametrize(
    ("samples", "new"), [((), "bea"), (("carl-1",), "bea"), (("anna-1", "x"), "bea"), (("anna-1",), "carl"), (("anna-1",), "anna")]
)
def test_a_wrong_split_changes_nothing(samples: tuple[str, ...], new: str) -> None:
    known = knowing(anna=axis(0), carl=axis(5))
    with pytest.raises(InputError):
        known.split("anna", samples, new)
    assert [row.person_id for row in known.state().rows] == ["anna", "carl"]


def same(a: GalleryState, b: GalleryState) -> bool:
    return (
        a.model == b.model
        and a.rows == b.rows
        and a.embeddings.tobytes() == b.embeddings.tobytes()
        and np.array_equal(a.negative, b.negative)
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_restored_gallery_is_the_same(seed: int) -> None:
    draw = np.random.default_rng(seed)
    known = gallery(0.2)
    for number, vector in enumerate(units(draw, 100)):
        known.add(f"p{draw.integers(10)}", f"s{number:03d}", vector, float(draw.uniform(0.2, 1)))
    known.deny("p1", "n", units(draw, 1)[0])
    known.confirm("p2", units(draw, 1)[0])
    again = gallery(0.2)
    again.restore(known.state())
    assert same(known.state(), again.state())
    queries = units(draw, 50)
    assert [type(d) for d in known.match_all(queries)] == [type(d) for d in again.match_all(queries)]
    assert known.remove("p1") == again.remove("p1")
    assert same(known.state(), again.state())


def test_the_state_does_not_depend_on_the_order_of_changes() -> None:
    vectors = units(np.random.default_rng(2), 30)
    forth, back = gallery(), gallery()
    for number in range(30):
        forth.add(f"p{number % 4}", f"s{number:02d}", vectors[number], 0.9)
        back.add(f"p{(29 - number) % 4}", f"s{29 - number:02d}", vectors[29 - number], 0.9)
    assert same(forth.state(), back.state())


def test_the_state_is_a_copy() -> None:
    known = knowing(anna=axis(0))
    state = known.state()
    known.remove("anna")
    assert state.embeddings[0, 0] == 1.0
    state.embeddings[:] = 0
    other = knowing(bea=axis(1))
    assert isinstance(other.match(axis(1)), Match)


def test_a_state_of_another_model_or_a_damaged_one_is_refused() -> None:
    rows, one = (Row("s", "anna"),), axis(0)[None]
    positive = np.zeros(1, np.bool_)
    for state, said in (
        (GalleryState("other", rows, one, positive), "cannot be compared"),
        (GalleryState("test", rows, np.zeros((1, D), np.float32), positive), "zeros"),
        (GalleryState("test", rows, one[:, :64], positive), "needs 128"),
        (GalleryState("test", rows * 2, np.repeat(one, 2, axis=0), np.zeros(2, np.bool_)), "twice"),
        (GalleryState("test", rows, np.zeros((0, D), np.float32), positive), "as many"),
    ):
        known = knowing(bea=axis(1))
        with pytest.raises(InputError, match=said):
            known.restore(state)
        assert known.persons() == ("bea",)


@pytest.mark.parametrize(
    "rules", [{"threshold": 1.2}, {"threshold": -0.1}, {"threshold": 0.5, "margin": -1}, {"threshold": 0.5, "per_person": 0}]
)
def test_rules_that_make_no_sense(rules: dict[str, float]) -> None:
    with pytest.raises(InputError):
        GalleryRules(**rules)  # type: ignore[arg-type]


def test_a_wider_threshold_never_names_fewer() -> None:
    """The share of queries that anybody fits falls with the threshold."""
    draw = np.random.default_rng(7)
    vectors, queries = units(draw, 200), units(draw, 100)
    counts = []
    for threshold in (0.1, 0.2, 0.3, 0.4):
        known = gallery(threshold)
        for number, vector in enumerate(vectors):
            known.add(f"p{number}", f"s{number}", vector, 1.0)
        counts.append(sum(not isinstance(decision, Unknown) for decision in known.match_all(queries)))
    assert all(a > b for a, b in pairwise(counts))
