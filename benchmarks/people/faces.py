"""Figures of face recognition: verification of labelled photographs, naming them from the others, and search among 100,000 embeddings.

A photograph stands for its largest face. One in which no face is found, or none that can be embedded, has the score −1 with every other:
it counts as missed, not as left out. Both peers find faces with OpenCV's YuNet, align them with OpenCV's own alignment, and embed them with
the same network: one in the photograph as it is, the stronger one in a padded and enlarged one, with the mean of the face and its mirror
image. A folder of persons is halved by names (`face_pairs.HALVES`); what the method is tuned on is `tuning`.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.people.face_pairs import ALL, Pair, folder_pairs, persons, photo, read_pairs, with_photos, write_scores
from benchmarks.people.face_score import Interval, auc, far_threshold, rate_intervals, separation
from benchmarks.report import Case, above, at_least, at_most, case
from console.progress import step
from console.skipped import Skipped
from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.vision.faces.decision import Ambiguous, GalleryRules, Match
from engine.vision.faces.embedder import DIMENSIONS, LEAST_CONTRAST, FaceEmbedder
from engine.vision.faces.gallery import FaceGallery, GalleryState
from engine.vision.faces.reader import FaceReader, LoadedFaces, load_faces
from engine.vision.faces.rows import Row
from engine.vision.manifest import FACE_DETECTION, FACE_RECOGNITION
from engine.vision.models import ModelStore

Array = npt.NDArray[np.float64]
_NO_FACE = -1.0
_LARGE = 500  # pixels; photographs of this size and more need no enlarging
_SEARCHED = 100_000
_PER_PERSON = 10
_PADDING, _ENLARGED = 0.3, 2.0  # of the stronger peer: of three tried on the tuning half the best on the smallest faces
_SEARCHES = 400
_SEARCH_THRESHOLD = 0.55  # random embeddings of 128 numbers come up to 0.45 among 100,000; those of one person here are at 0.7

Spent = tuple[float, float]
"""Milliseconds that passed, and of CPU time."""
_Embed = Callable[[Bytes2D], Floats]
"""The embedding of a photograph, zeros where there is none."""


def run(
    pairs_file: Path | None, photos: Path | None, out: Path | None, models: ModelStore | None = None, half: str = ALL, size: float = 1.0
) -> dict[str, Any]:
    """
    Args:
        pairs_file: `a,b,same`; else `photos`, a folder of persons, of which `half` is taken. out: where `a,b,score` goes; None is beside
            the pairs file. size: share to which photographs are made smaller first.

    Raises:
        InputError: no pair can be used; `size`. NotFound: the models are not installed. EnvironmentFault: `out` cannot be written.
    """
    if not 0 < size <= 1:
        raise InputError("size", f"is {size:g}; a share above 0, at most 1, is needed")
    store = models or ModelStore()
    loaded = load_faces(store)
    skipped = Skipped()
    named = read_pairs(pairs_file, skipped) if pairs_file is not None else folder_pairs(photos, half) if photos is not None else []
    pairs = with_photos(named, skipped) if named else []
    skipped.tell()
    embeddings, spent = _embedded("ours", pairs, size, lambda picture: _largest(loaded.reader, picture))
    scores = _scores(pairs, embeddings)
    target = out or (pairs_file.with_suffix(".scores.csv") if pairs_file is not None else None)
    if target is not None:
        write_scores(target, pairs, scores.tolist())
    ours = _verification("verification", loaded, pairs, scores, embeddings, spent)
    ours["params"]["scores"] = None if target is None else str(target)
    peers = [_peer(name, embed, loaded, pairs, size) for name, embed in _peer_embeddings(store).items()]
    ours["params"]["tpr_less_strongest_peer_95"] = _add_intervals([(ours, scores), *peers], pairs)
    plain, strongest = (peer for peer, _ in peers)
    search, bare = _search(_SEARCHED)
    cases = [ours, _identification(loaded, pairs, embeddings), search]
    return {
        "bench": "faces",
        "cases": cases,
        "peers": [plain, strongest, bare],
        "targets": _targets(ours, plain, strongest, search, bare),
        "skipped": skipped.plain(),
    }


def _embedded(name: str, pairs: Iterable[Pair], size: float, embed: _Embed) -> tuple[dict[Path, Floats], Array]:
    """By photograph, and for each the milliseconds that passed and those of CPU time (N, 2), without reading the file."""
    embeddings: dict[Path, Floats] = {}
    spent: list[Spent] = []
    paths = sorted({path for pair in pairs for path in (pair.a_path, pair.b_path)})
    for done, path in enumerate(paths, 1):
        step(f"faces, {name}", done, len(paths))
        picture = _smaller(photo(path), size)
        started, cpu = time.perf_counter(), time.thread_time()
        embeddings[path] = embed(picture)
        spent.append(_since(started, cpu))
    return embeddings, np.array(spent)


def _smaller(picture: Bytes2D, size: float) -> Bytes2D:
    return picture if size == 1.0 else np.asarray(cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_AREA), np.uint8)


def _largest(reader: FaceReader, picture: Bytes2D) -> Floats:
    faces = reader.look_everywhere(picture)
    if not len(faces):
        return np.zeros(DIMENSIONS, np.float32)
    sizes = (faces.boxes_xyxy[:, 2:] - faces.boxes_xyxy[:, :2]).prod(axis=1)
    return faces.embeddings[int(np.argmax(sizes))]


def _scores(pairs: list[Pair], embeddings: dict[Path, Floats]) -> Array:
    return np.array([_score(embeddings[pair.a_path], embeddings[pair.b_path]) for pair in pairs])


def _score(a: Floats, b: Floats) -> float:
    return float(a.astype(np.float64) @ b) if a.any() and b.any() else _NO_FACE


def _verification(name: str, loaded: LoadedFaces, pairs: list[Pair], scores: Array, embeddings: dict[Path, Floats], spent: Array) -> Case:
    same = np.array([pair.same for pair in pairs])
    true, false = scores[same], scores[~same]
    limit = far_threshold(false)
    metrics = {
        "same": len(true),
        "different": len(false),
        "no_face": sum(not embedding.any() for embedding in embeddings.values()),
        "auc": _rounded(auc(true, false)),
        "d_prime": _rounded(separation(true[true > _NO_FACE], false[false > _NO_FACE])),
        "tpr_at_far_1e-3": _rounded(_share(true, limit)),
        "threshold_at_far_1e-3": _rounded(limit),
        "tpr_at_threshold": _rounded(_share(true, loaded.threshold)),
        "far_at_threshold": _rounded(_share(false, loaded.threshold)),
        "ms_per_face": _rounded(float(np.median(spent[:, 0]))),
        "cpu_ms_per_face": _rounded(float(np.median(spent[:, 1]))),
    }
    return case(name, {"model": loaded.model, "threshold": loaded.threshold, "stand_in": loaded.stand_in}, metrics)


def _share(scores: Array, threshold: float | None) -> float | None:
    return float((scores >= threshold).mean()) if len(scores) and threshold is not None else None


def _peer_embeddings(store: ModelStore) -> dict[str, _Embed]:
    """Uses of the plain libraries by name, the strongest last."""
    recogniser = store.checked(store.of_role(FACE_RECOGNITION)[0].id)
    finder = cv2.FaceDetectorYN.create(str(store.path(FACE_DETECTION)), "", (320, 320), 0.7)
    aligner = cv2.FaceRecognizerSF.create(str(recogniser.path), "")
    embedder = FaceEmbedder(recogniser.path, recogniser.file.adapter)

    def aligned(picture: Bytes2D) -> Bytes2D | None:
        finder.setInputSize((picture.shape[1], picture.shape[0]))
        rows: Any = finder.detect(picture)[1]
        if rows is None:
            return None
        face = np.asarray(aligner.alignCrop(picture, rows[int(np.argmax(rows[:, 2] * rows[:, 3]))]), np.uint8)
        return None if float(face.std(axis=(0, 1)).max()) < LEAST_CONTRAST else face

    def plain(picture: Bytes2D) -> Floats:
        face = aligned(picture)
        return np.zeros(DIMENSIONS, np.float32) if face is None else _unit(embedder.numbers(face))

    def padded(picture: Bytes2D) -> Floats:
        edge = round(_PADDING * max(picture.shape[:2]))
        wide = cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        enlarged = _ENLARGED if max(picture.shape[:2]) < _LARGE else 1.0
        face = aligned(np.asarray(cv2.resize(wide, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC), np.uint8))
        if face is None:
            return np.zeros(DIMENSIONS, np.float32)
        return _unit(_unit(embedder.numbers(face)) + _unit(embedder.numbers(np.ascontiguousarray(face[:, ::-1]))))

    return {"plain YuNet, whole photograph": plain, "YuNet, padded, enlarged, mirrored": padded}


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _peer(name: str, embed: _Embed, loaded: LoadedFaces, pairs: list[Pair], size: float) -> tuple[Case, Array]:
    embeddings, spent = _embedded(name, pairs, size, embed)
    scores = _scores(pairs, embeddings)
    return _verification(name, loaded, pairs, scores, embeddings, spent), scores


def _add_intervals(rows: list[tuple[Case, Array]], pairs: list[Pair]) -> Interval | None:
    """Adds `tpr_95` to the metrics of each row; the interval of what the first is ahead of the last."""
    numbers = persons(pairs)
    people = np.array([(numbers[pair.a_path], numbers[pair.b_path]) for pair in pairs], np.intp)
    intervals, ahead = rate_intervals([scores for _, scores in rows], np.array([pair.same for pair in pairs]), people)
    for (row, _), interval in zip(rows, intervals, strict=True):
        row["metrics"]["tpr_95"] = None if interval is None else f"{interval[0]}–{interval[1]}"
    return ahead


def _identification(loaded: LoadedFaces, pairs: list[Pair], embeddings: dict[Path, Floats]) -> Case:
    """Each photograph in turn against the gallery of all the others; `unlabelled`: named as somebody of whom no pair says who it is."""
    numbers = persons(pairs)
    strangers = {(str(numbers[a]), str(numbers[b])) for pair in pairs if not pair.same for a, b in permutations((pair.a_path, pair.b_path))}
    gallery = FaceGallery(loaded.model, DIMENSIONS, GalleryRules(loaded.threshold, per_person=1000, least_quality=0.0))
    usable = {path: number for path, number in numbers.items() if embeddings[path].any()}
    for path, number in usable.items():
        gallery.add(str(number), str(path), embeddings[path], 1.0)
    counts: dict[str, int] = dict.fromkeys(("right", "ambiguous", "missed", "wrong", "rightly_unknown", "unlabelled"), 0)
    for path, number in usable.items():
        gallery.remove_sample(str(path))
        counts[_outcome(gallery, str(number), embeddings[path], strangers)] += 1
        gallery.add(str(number), str(path), embeddings[path], 1.0)
    return case("identification", {"persons": len(set(usable.values())), "photographs": len(numbers)}, counts)


def _outcome(gallery: FaceGallery, person_id: str, embedding: Floats, strangers: set[tuple[str, str]]) -> str:
    decision = gallery.match(embedding)
    if isinstance(decision, Match) and decision.person_id != person_id:
        return "wrong" if (person_id, decision.person_id) in strangers else "unlabelled"
    if isinstance(decision, Match):
        return "right"
    if isinstance(decision, Ambiguous):
        return "ambiguous"
    return "missed" if gallery.samples(person_id) else "rightly_unknown"


def _search(count: int) -> tuple[Case, Case]:
    """Search for known and unknown faces among random ones, and the bare product on the same numbers, in turns."""
    draw = np.random.default_rng(1)
    vectors = _units(draw, count)
    gallery = FaceGallery("random", DIMENSIONS, GalleryRules(_SEARCH_THRESHOLD))
    rows = tuple(Row(f"{index:06d}", f"{index // _PER_PERSON:05d}") for index in range(count))
    gallery.restore(GalleryState("random", rows, vectors, np.zeros(count, np.bool_)))
    times: list[tuple[Spent, Spent]] = []
    right = 0
    for number in range(_SEARCHES):
        wanted = number * (count // _SEARCHES) if number % 2 else None
        query = _units(draw, 1)[0] if wanted is None else _near(draw, vectors[wanted])
        search, product = partial(gallery.match, query), partial(np.dot, vectors, query)
        if number % 4 < 2:  # in turns, because whoever comes second finds the memory as the first one left it
            times.append((_timed(search), _timed(product)))
        else:
            bare_ms = _timed(product)
            times.append((_timed(search), bare_ms))
        decision = gallery.match(query)
        nearest = rows[int(np.argmax(vectors @ query))].sample_id
        right += decision.best.sample_id == nearest if isinstance(decision, Match) else wanted is None
    ours, bare = np.array(times).swapaxes(0, 1)
    params = {"embeddings": count, "dimensions": DIMENSIONS, "searches": _SEARCHES, "threshold": _SEARCH_THRESHOLD}
    return (case("search", params, _times(ours) | {"right": right}), case("bare product", params, _times(bare) | {"right": None}))


def _timed(task: Callable[[], Any]) -> Spent:
    started, cpu = time.perf_counter(), time.thread_time()
    task()
    return _since(started, cpu)


def _since(started: float, cpu: float) -> Spent:
    return (time.perf_counter() - started) * 1e3, (time.thread_time() - cpu) * 1e3


def _times(ms: Array) -> dict[str, float | None]:
    """Of (N, 2) milliseconds that passed, and of CPU time: without the turns of other programs."""
    return {
        "median_ms": _rounded(float(np.median(ms[:, 0]))),
        "p99_ms": _rounded(float(np.quantile(ms[:, 0], 0.99))),
        "p99_cpu_ms": _rounded(float(np.quantile(ms[:, 1], 0.99))),
    }


def _units(draw: np.random.Generator, count: int) -> Floats:
    vectors = draw.standard_normal((count, DIMENSIONS), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _near(draw: np.random.Generator, vector: Floats) -> Floats:
    """As another photograph of the same person: cosine about 0.7."""
    other = vector + _units(draw, 1)[0]
    return (other / np.linalg.norm(other)).astype(np.float32)


def _targets(ours: Case, plain: Case, strongest: Case, search: Case, bare: Case) -> list[dict[str, Any]]:
    verified, theirs, mirrored = ours["metrics"], plain["metrics"], strongest["metrics"]
    ratio = search["metrics"]["median_ms"] / bare["metrics"]["median_ms"]
    return [
        at_least("auc at least the plain pipeline's", theirs["auc"], verified["auc"]),
        at_least("tpr_at_far_1e-3 at least the plain pipeline's", theirs["tpr_at_far_1e-3"], verified["tpr_at_far_1e-3"]),
        at_least(
            "tpr_at_far_1e-3 at least that of padding, enlarging and mirroring", mirrored["tpr_at_far_1e-3"], verified["tpr_at_far_1e-3"]
        ),
        at_most("search p99_ms", 5.0, search["metrics"]["p99_ms"]),
        at_most("search median per bare product", 1.5, _rounded(ratio)),
        above("searches that are right", _SEARCHES - 1, search["metrics"]["right"]),
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
