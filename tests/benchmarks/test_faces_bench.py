"""`python -m benchmarks faces`: its figures on numbers whose figures are known, and on real photographs."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.people import faces as bench
from benchmarks.people.face_pairs import HELD_OUT, TUNING, Pair, folder_pairs, half_of, persons, photo, read_pairs
from benchmarks.people.face_score import auc, far_threshold, rate_intervals, separation
from console.skipped import Skipped
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.vision.models import ModelStore

KNN = "data/faces/ageitgey/examples/knn_examples"


@pytest.fixture(scope="module")
def store(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    made = ModelStore(tmp_path_factory.mktemp("models"))
    made.install(("yunet", "sface"), shared / "data/models")
    return made


def pairs_file(folder: Path, *rows: tuple[object, ...], head: str = "a,b,same") -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


def test_auc_is_the_share_of_couples_in_order() -> None:
    assert auc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1.0
    assert auc(np.array([0.1]), np.array([0.2, 0.3])) == 0.0
    assert auc(np.array([0.5]), np.array([0.5, 0.5])) == 0.5
    assert auc(np.array([0.5, 0.1]), np.array([0.3])) == 0.5
    assert auc(np.array([]), np.array([0.3])) is None
    draw = np.random.default_rng(1)
    true, false = draw.normal(1, 1, 60).round(1), draw.normal(0, 1, 80).round(1)
    couples = np.sign(true[:, None] - false[None]) / 2 + 0.5
    assert auc(true, false) == pytest.approx(couples.mean())


def test_far_is_met_exactly() -> None:
    """Of 2,000 different pairs two may pass; of fewer than 1,000 none."""
    false = np.arange(2000) / 2000
    limit = far_threshold(false)
    assert limit is not None
    assert int((false >= limit).sum()) == 2
    few = far_threshold(false[:999])
    assert few is not None
    assert int((false[:999] >= few).sum()) == 0
    assert far_threshold(np.array([])) is None


def test_chains_of_pairs_are_one_person() -> None:
    a, b, c, d = (Path(name) for name in "abcd")
    made = [Pair(str(x), str(y), x, y, same) for x, y, same in ((a, b, True), (b, c, True), (a, d, False))]
    numbers = persons(made)
    assert numbers[a] == numbers[b] == numbers[c] != numbers[d]


@pytest.fixture
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_SEARCHED", 4000)


@pytest.mark.usefixtures("short_search")
def test_real_photographs_of_known_people(shared: Path, store: ModelStore, tmp_path: Path) -> None:
    """Names relative to the file, names of the whole path, and a scene without a face."""
    knn = shared / KNN
    obama, again, biden = knn / "train/obama/obama.jpg", knn / "train/obama/obama2.jpg", knn / "train/biden/biden.jpg"
    (tmp_path / "near.jpg").write_bytes(again.read_bytes())
    file = pairs_file(
        tmp_path, (obama, "near.jpg", 1), (obama, biden, 0), ("near.jpg", biden, 0), (obama, shared / "data/images/scenes/dog.jpg", 0)
    )
    result = bench.run(file, None, None, store)
    with (tmp_path / "pairs.scores.csv").open(newline="", encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert (rows[0]["a"], rows[0]["b"]) == (str(obama), "near.jpg")
    scores = [float(row["score"]) for row in rows]
    assert scores[0] > 0.6
    assert max(scores[1:3]) < 0.3
    assert scores[3] == -1.0
    metrics = result["cases"][0]["metrics"]
    assert (metrics["same"], metrics["different"], metrics["no_face"]) == (1, 3, 1)
    assert metrics["auc"] == 1.0
    assert metrics["tpr_at_threshold"] == 1.0
    assert metrics["far_at_threshold"] == 0.0
    assert result["cases"][0]["params"]["stand_in"] is True
    assert result["cases"][0]["params"]["scores"] == str(tmp_path / "pairs.scores.csv")
    assert result["cases"][1]["metrics"] == {"right": 2, "ambiguous": 0, "missed": 0, "wrong": 0, "rightly_unknown": 1, "unlabelled": 0}
    assert result["cases"][2]["metrics"]["right"] == 400
    assert [peer["name"] for peer in result["peers"]] == [
        "plain YuNet, whole photograph",
        "YuNet, padded, enlarged, mirrored",
        "bare product",
    ]


def test_a_folder_of_persons(shared: Path) -> None:
    pairs = folder_pairs(shared / KNN / "train")
    assert len(pairs) == 36
    assert sum(pair.same for pair in pairs) == 4


def test_people_are_in_one_half_each(tmp_path: Path) -> None:
    for name in "abcdefghij":
        (tmp_path / name).mkdir()
        for number in "12":
            (tmp_path / name / f"{number}.jpg").touch()
    halves = [
        {path.parent.name for pair in folder_pairs(tmp_path, half) for path in (pair.a_path, pair.b_path)} for half in (TUNING, HELD_OUT)
    ]
    assert halves[0] and halves[1] and halves[0] | halves[1] == set("abcdefghij") and not halves[0] & halves[1]
    assert halves[0] == {name for name in "abcdefghij" if half_of(name) == TUNING}


def _people_pairs(apart: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, same, and people of all pairs of twelve people with six pictures each; the pictures of one person are all worse."""
    draw = np.random.default_rng(3)
    person = np.repeat(np.arange(12), 6)
    one, other = np.triu_indices(len(person), 1)
    people = np.stack([person[one], person[other]], axis=1)
    same = people[:, 0] == people[:, 1]
    scores = draw.normal(0, 0.1, len(same)) + apart * same * np.where(people[:, 0] == 0, 0.2, 1.0)
    return scores, same, people


def test_intervals_hold_the_rate_and_are_as_wide_as_people_differ() -> None:
    (weak, same, people), (strong, _, _) = _people_pairs(0.6), _people_pairs(1.5)
    (first, second), ahead = rate_intervals([strong, weak], same, people)
    limit = far_threshold(strong[~same])
    assert first is not None and second is not None and ahead is not None and limit is not None
    assert first[0] <= (strong[same] >= limit).mean() <= first[1]
    assert first[1] - first[0] > 0.1  # one person of twelve decides
    assert ahead[1] > 0.0
    assert rate_intervals([strong, strong], same, people)[1] == (0.0, 0.0)


def test_intervals_of_one_person_are_not_known() -> None:
    same, people = np.array([True]), np.zeros((1, 2), np.intp)
    assert rate_intervals([np.array([0.5])], same, people) == ([None], None)


def test_separation_is_in_units_of_the_spread() -> None:
    assert separation(np.array([2.0, 4.0]), np.array([-1.0, 1.0])) == pytest.approx(3.0)
    assert separation(np.array([]), np.array([1.0])) is None
    assert separation(np.array([1.0]), np.array([1.0])) is None


@pytest.mark.parametrize("size", [0.0, -1.0, 1.5, float("nan")])
def test_a_size_that_is_no_share_is_refused(shared: Path, store: ModelStore, size: float) -> None:
    with pytest.raises(InputError, match="a share above 0"):
        bench.run(None, shared / KNN / "train", None, store, size=size)


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        ("a,b", [("x.jpg", "y.jpg")], "columns a, b, same"),
        ("a,b,same", [], "no pair"),
        ("a,b,same", [("nowhere.jpg", "nowhere.jpg", 1)], "line 2: there is no file 'nowhere.jpg'"),
        ("a,b,same", [("pairs.csv", "pairs.csv", "maybe")], "line 2: same is 'maybe'"),
        ("a,b,same", [("pairs.csv", "", 1)], "line 2: there is no file ''"),
        ("a,b,same", [("pairs.csv",)], "line 2"),
    ],
)
def test_a_wrong_pairs_file_names_its_line(tmp_path: Path, head: str, rows: list[tuple[object, ...]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_pairs(pairs_file(tmp_path, *rows, head=head), Skipped())


def test_what_is_no_picture_or_no_table(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.write_bytes(b"")
    text = tmp_path / "text.jpg"
    text.write_bytes(b"no picture at all")
    for path in (empty, text):
        with pytest.raises(InputError, match="is no picture"):
            photo(path)
    with pytest.raises(InputError, match="cannot be read"):
        photo(tmp_path / "missing.jpg")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01" * 20)
    with pytest.raises(InputError, match="is no CSV file"):
        read_pairs(tmp_path / "binary.csv", Skipped())
    with pytest.raises(InputError, match="folder for each person"):
        folder_pairs(tmp_path)


@pytest.mark.usefixtures("short_search")
def test_scores_that_cannot_be_written(shared: Path, store: ModelStore, tmp_path: Path) -> None:
    biden = shared / KNN / "train/biden/biden.jpg"
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        bench.run(pairs_file(tmp_path, (biden, biden, 1)), None, tmp_path / "not" / "there.csv", store)


def test_without_models_it_says_so(shared: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="watchroom models install"):
        bench.run(None, shared / KNN / "train", None, ModelStore(tmp_path))


@pytest.mark.usefixtures("short_search")
def test_the_command(
    shared: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(store.folder))
    biden = shared / KNN / "train/biden"
    file = pairs_file(tmp_path, (biden / "biden.jpg", biden / "biden2.jpg", "true"))
    assert main(["faces", "--pairs", str(file), "--out", str(tmp_path / "out.csv"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["bench"] == "faces"
    assert report["cases"][0]["metrics"]["auc"] is None  # nothing to compare with
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("a,b,score")
    assert main(["faces", "--pairs", str(tmp_path / "none.csv")]) == 2


@pytest.mark.usefixtures("short_search")
def test_one_bad_pair_of_many_is_left_out_and_named(
    shared: Path, store: ModelStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    biden, obama = (shared / KNN / "train" / name for name in ("biden/biden.jpg", "obama/obama.jpg"))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    rows = [(biden, obama, 0), ("gone.jpg", biden, 0), (biden, biden, "maybe"), ("broken.jpg", biden, 1), (biden, biden, 1)]
    result = bench.run(pairs_file(tmp_path, *rows), None, None, store)
    assert (result["cases"][0]["metrics"]["same"], result["cases"][0]["metrics"]["different"]) == (1, 1)
    named = [(one["file"], one["line"]) for one in result["skipped"]["first"]]
    assert named == [("pairs.csv", 3), ("pairs.csv", 4), ("broken.jpg", None)] and result["skipped"]["count"] == 3
    told = capsys.readouterr().err
    assert "pairs.csv, line 3" in told and "broken.jpg" in told
