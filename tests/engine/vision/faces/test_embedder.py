"""Alignment and embedding, beside OpenCV's own recogniser on the same network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.errors import EnvironmentFault, InputError
from engine.vision.faces.alignment import TEMPLATE, AlignedFace, AlignmentRefusal, align
from engine.vision.faces.embedder import EmbeddedFace, FaceEmbedder
from engine.vision.faces.finder import FaceFinder
from tests.engine.vision.faces.conftest import Photos
from tests.engine.vision.faces.places import BIDEN, OBAMA, OBAMA_AGAIN, PEOPLE

KNN = "ageitgey/examples/knn_examples/"


def embedding(finder: FaceFinder, embedder: FaceEmbedder, picture: np.ndarray) -> np.ndarray:
    found = embedder.embed(picture, finder.find(picture).landmarks[0])
    assert isinstance(found, EmbeddedFace)
    return found.embedding


def test_embeddings_have_unit_length(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos) -> None:
    found = embedding(finder, embedder, photos(OBAMA))
    assert found.shape == (128,)
    assert found.dtype == np.float32
    assert abs(float(np.linalg.norm(found)) - 1.0) < 1e-6


def test_every_pair_of_one_person_is_nearer_than_every_pair_of_two(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos) -> None:
    """Twelve photographs of five people, and the stored threshold lies between."""
    known = [(name, embedding(finder, embedder, photos(KNN + photo))) for name, names in PEOPLE.items() for photo in names]
    same = [float(a @ b) for i, (n, a) in enumerate(known) for m, b in known[:i] if n == m]
    different = [float(a @ b) for i, (n, a) in enumerate(known) for m, b in known[:i] if n != m]
    assert (len(same), len(different)) == (9, 57)
    assert min(same) > 0.41 > max(different)


def test_colours_are_not_swapped(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos) -> None:
    """Same person again: nearer with the channels as they are than with red and blue swapped in one of them."""
    first = embedding(finder, embedder, photos(OBAMA))
    picture = photos(OBAMA_AGAIN)
    points = finder.find(picture).landmarks[0]
    right, swapped = embedder.embed(picture, points), embedder.embed(np.ascontiguousarray(picture[..., ::-1]), points)
    assert isinstance(right, EmbeddedFace) and isinstance(swapped, EmbeddedFace)
    assert float(first @ right.embedding) > float(first @ swapped.embedding)


def test_sface_is_fed_as_opencv_feeds_it(finder: FaceFinder, models_folder: Path, photos: Photos) -> None:
    """OpenCV's recogniser runs any network of this shape; ours with the adapter of SFace must give the same numbers."""
    path = models_folder / "MobileFaceNet_foamliu.onnx"
    theirs = cv2.FaceRecognizerSF.create(str(path), "")
    picture = photos(OBAMA)
    aligned = align(picture, finder.find(picture).landmarks[0])
    assert isinstance(aligned, AlignedFace)
    ours = FaceEmbedder(path, "sface")
    expected = np.asarray(theirs.feature(aligned.pixels), np.float32).reshape(-1)
    numbers = ours.numbers(aligned.pixels)
    assert float(numbers @ expected / np.linalg.norm(expected) / np.linalg.norm(numbers)) > 0.9999
    mirrored = np.asarray(theirs.feature(np.ascontiguousarray(aligned.pixels[:, ::-1])), np.float32).reshape(-1)
    embedded = ours.embed_aligned(aligned)
    assert isinstance(embedded, EmbeddedFace)
    assert float(embedded.embedding @ (expected + mirrored) / np.linalg.norm(expected + mirrored)) > 0.9999


def test_a_mirrored_face_has_the_same_embedding(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos) -> None:
    aligned = align(photos(OBAMA), finder.find(photos(OBAMA)).landmarks[0])
    assert isinstance(aligned, AlignedFace)
    mirrored = replace(aligned, pixels=np.ascontiguousarray(aligned.pixels[:, ::-1]))
    first, second = embedder.embed_aligned(aligned), embedder.embed_aligned(mirrored)
    assert isinstance(first, EmbeddedFace) and isinstance(second, EmbeddedFace)
    assert float(first.embedding @ second.embedding) > 0.99999


def test_embeddings_enrolled_before_mirroring_still_match(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos) -> None:
    """Galleries made from the face as it is only are used on: their embeddings are near enough to those of today."""
    aligned = align(photos(OBAMA), finder.find(photos(OBAMA)).landmarks[0])
    assert isinstance(aligned, AlignedFace)
    before, now = embedder.numbers(aligned.pixels), embedder.embed_aligned(aligned)
    assert isinstance(now, EmbeddedFace)
    assert float(now.embedding @ before / np.linalg.norm(before)) > 0.95


def test_alignment_is_that_of_opencv(finder: FaceFinder, models_folder: Path, photos: Photos) -> None:
    """On a face of about the template's size, where neither has to shrink; OpenCV interpolates linearly."""
    theirs = cv2.FaceRecognizerSF.create(str(models_folder / "MobileFaceNet_foamliu.onnx"), "")
    picture = photos("ageitgey/examples/obama-480p.jpg")
    found = finder.find(picture)
    row = np.concatenate([found.boxes_xyxy[0], found.landmarks[0].reshape(-1), found.scores]).astype(np.float32)[None]
    aligned = align(picture, found.landmarks[0])
    assert isinstance(aligned, AlignedFace)
    difference = np.abs(aligned.linear.astype(int) - np.asarray(theirs.alignCrop(picture, row)).astype(int))
    assert difference.mean() < 1.0


def test_points_of_the_template_stay_where_they_are() -> None:
    draw = np.random.default_rng(1)
    picture = draw.integers(0, 256, (112, 112, 3), dtype=np.uint8)
    aligned = align(picture, TEMPLATE)
    assert isinstance(aligned, AlignedFace)
    assert aligned.fit < 1e-4
    assert np.array_equal(aligned.pixels, picture)


@pytest.mark.parametrize("seed", range(5))
def test_any_turn_size_and_place_is_undone(seed: int) -> None:
    draw = np.random.default_rng(seed)
    angle, scale, shift = draw.uniform(-3, 3), draw.uniform(0.3, 4), draw.uniform(0, 500, 2)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    aligned = align(np.full((600, 800, 3), 90, np.uint8), (TEMPLATE @ turn.T + shift).astype(np.float32))
    assert isinstance(aligned, AlignedFace)
    assert aligned.fit < 1e-3


def test_a_face_partly_outside_the_picture_is_black_there() -> None:
    aligned = align(np.full((80, 80, 3), 200, np.uint8), TEMPLATE - 40)
    assert isinstance(aligned, AlignedFace)
    assert aligned.pixels[100, 100].tolist() == [200, 200, 200]
    assert aligned.pixels[5, 5].tolist() == [0, 0, 0]


def test_a_face_wholly_outside_the_picture_is_refused(embedder: FaceEmbedder) -> None:
    found = embedder.embed(np.full((50, 50, 3), 200, np.uint8), TEMPLATE + 5000)
    assert isinstance(found, AlignmentRefusal)


MIRRORED = TEMPLATE[[1, 0, 2, 4, 3]] * np.float32([1, 1])


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.full((5, 2), 30, np.float32), "small"),
        (TEMPLATE * 0.1, "small"),
        (np.where(np.arange(10).reshape(5, 2) == 3, np.nan, TEMPLATE), "not numbers"),
        (np.where(np.arange(10).reshape(5, 2) == 3, np.inf, TEMPLATE), "not numbers"),
        (TEMPLATE[:4], "not numbers"),
        (TEMPLATE[[0, 1, 2, 4, 3]] @ np.float32([[1, 0], [0, -1]]) * 3, "do not lie"),
        (MIRRORED, "do not lie"),
    ],
    ids=["one point", "tiny", "nan", "infinite", "four points", "upside down", "left and right swapped"],
)
def test_points_that_are_no_face_are_refused_with_a_reason(embedder: FaceEmbedder, points: np.ndarray, said: str) -> None:
    found = embedder.embed(np.full((300, 300, 3), 90, np.uint8), points.astype(np.float32))
    assert isinstance(found, AlignmentRefusal)
    assert said in found.reason


@pytest.mark.parametrize("level", [0, 4, 128, 255])
def test_a_plain_picture_is_refused(embedder: FaceEmbedder, level: int) -> None:
    found = embedder.embed(np.full((200, 200, 3), level, np.uint8), TEMPLATE)
    assert isinstance(found, AlignmentRefusal)
    assert "plain" in found.reason


def test_a_large_face_is_shrunk_without_aliasing(finder: FaceFinder, photos: Photos) -> None:
    """One-pixel stripes over a face far larger than the template vanish, as they would for an eye. Sampled as it is, they are off by 27."""
    picture = np.asarray(cv2.resize(photos(OBAMA)[50:300, 540:790], None, fx=6, fy=6), np.uint8)
    points = finder.find(picture).landmarks[0]
    striped = picture.astype(int)
    striped[::2] += 60
    striped[1::2] -= 60
    plain, stripes = align(picture, points), align(np.clip(striped, 0, 255).astype(np.uint8), points)
    assert isinstance(plain, AlignedFace) and isinstance(stripes, AlignedFace)
    assert np.abs(plain.pixels.astype(int) - stripes.pixels).mean() < 8.0


def test_only_known_recognisers_run(models_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mobilefacenet, sface"):
        FaceEmbedder(models_folder / "MobileFaceNet_foamliu.onnx", "facenet")
    with pytest.raises(EnvironmentFault):
        FaceEmbedder(models_folder / "osnet_x0_25_msmt17.onnx", "sface")
    with pytest.raises(EnvironmentFault):
        FaceEmbedder(tmp_path / "missing.onnx", "sface")


def test_biden_is_not_obama(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos) -> None:
    obama, again, biden = (embedding(finder, embedder, photos(name)) for name in (OBAMA, OBAMA_AGAIN, BIDEN))
    assert float(obama @ again) > 0.6
    assert float(obama @ biden) < 0.3
