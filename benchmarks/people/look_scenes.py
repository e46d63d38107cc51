"""Scenes to compare pictures of: real photographs and videos of the shared folder, and each altered as a second reporter's may differ.

Two sets that share no place and no person's photograph: one the scale of looks is measured on, the other it is judged by.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.recording.jpeg import decode_picture, encode_jpeg
from engine.recording.uploads import key_pictures

AS_IT_WAS, ANOTHER_TIME = "as it was", "another time"
_WIDEST = 1280
_KNN = "faces/ageitgey/examples/knn_examples"
_FIT_PHOTOS = ("images/scenes/*", "smoke/deepquest/*.jpg", "faces/faceapi/*.jpg")
_FIT_VIDEOS = ("video/vtest_480x360.avi", "video/one-by-one-person-detection.mp4")
_JUDGED_PHOTOS = (
    f"{_KNN}/test/*.jpg",
    f"{_KNN}/train/biden/biden2.jpg",
    f"{_KNN}/train/alex_lacamoire/*",
    f"{_KNN}/train/kit_harington/*",
    f"{_KNN}/train/rose_leslie/*",
    "faces/ageitgey/examples/alex-lacamoire.png",
    "faces/ageitgey/examples/lin-manuel-miranda.png",
    "faces/ageitgey/examples/biden.jpg",
    "faces/ageitgey/examples/obama.jpg",
    "faces/ageitgey/examples/obama2.jpg",
)
_FILM, _FILM_PICTURES = "faces/ageitgey/examples/short_hamilton_clip.mp4", 20
_SHOTS = {"stage": (0, 1), "singer": (6, 7), "audience": (18, 19)}
_ROOM = ("01", "05", "09", "13", "17")  # one room, by a camera that stood in several places

Random = np.random.Generator
Alteration = Callable[[Bytes2D, Random], Bytes2D]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One picture (H, W, 3) of a scene. `kind`: how it came about. `event`: scenes of the same one are neither the same nor different."""

    scene: str
    kind: str
    picture: Bytes2D
    event: str


def fitting_set(data: Path) -> list[Shown]:
    """Photographs and videos that may be used for anything. Raises InputError: one cannot be read."""
    found = [shown for path in _photos(data, _FIT_PHOTOS) for shown in _altered(path.name, path.name, [_photo(path)])]
    for name in _FIT_VIDEOS:
        found += _altered(name, name, _pictures(data / name, 6))
    return found


def judged_set(data: Path) -> list[Shown]:
    """Raises InputError."""
    found = [shown for path in _photos(data, _JUDGED_PHOTOS) for shown in _altered(str(path.relative_to(data)), path.name, [_photo(path)])]
    film = _pictures(data / _FILM, _FILM_PICTURES)
    for name, (first, second) in _SHOTS.items():
        found += _altered(name, _FILM, [film[first], film[second]])
    rooms = [picture[:, picture.shape[1] // 2 :] for each in _ROOM for picture in _pictures(data / f"fall/fall-{each}-cam0.mp4", 3)]
    return found + list(_altered("room", "room", [np.ascontiguousarray(picture) for picture in rooms]))


def _altered(scene: str, event: str, pictures: list[Bytes2D]) -> Iterator[Shown]:
    """The first picture as it was and in every alteration, and the others, which were taken at other times."""
    random = np.random.default_rng(sum(scene.encode()))
    yield Shown(scene, AS_IT_WAS, pictures[0], event)
    yield from (Shown(scene, ANOTHER_TIME, picture, event) for picture in pictures[1:])
    for kind, alter in ALTERATIONS.items():
        yield Shown(scene, kind, np.ascontiguousarray(alter(pictures[0], random)), event)


def _photos(data: Path, patterns: tuple[str, ...]) -> list[Path]:
    paths = [path for pattern in patterns for path in sorted(data.glob(pattern))]
    if not paths:
        raise InputError("data", f"{data} holds no photographs such as {patterns[0]}")
    return paths


def _photo(path: Path) -> Bytes2D:
    picture = decode_picture(path.read_bytes())
    factor = _WIDEST / max(picture.shape[:2])
    return picture if factor >= 1 else _resized(picture, factor)


def _pictures(path: Path, count: int) -> list[Bytes2D]:
    if not path.is_file():
        raise InputError("data", f"{path} does not exist")
    return key_pictures(path.read_bytes(), "video/x-msvideo" if path.suffix == ".avi" else "video/mp4", count)


def _resized(picture: Bytes2D, factor: float) -> Bytes2D:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _cut(share: float) -> Alteration:
    def alter(picture: Bytes2D, random: Random) -> Bytes2D:
        height, width = (round(size * share) for size in picture.shape[:2])
        top, left = random.integers(0, picture.shape[0] - height + 1), random.integers(0, picture.shape[1] - width + 1)
        return picture[top : top + height, left : left + width]

    return alter


def _brightness(gamma: float) -> Alteration:
    table = (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return lambda picture, _: np.asarray(cv2.LUT(picture, table), np.uint8)


def _packed(quality: int) -> Alteration:
    return lambda picture, _: decode_picture(encode_jpeg(picture, quality))


def _blurred(picture: Bytes2D, _: Random) -> Bytes2D:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(picture.shape) / 250), np.uint8)


def _aside(share: float) -> Alteration:
    """Seen a little from the side: every corner is drawn inwards by up to `share` of the picture."""

    def alter(picture: Bytes2D, random: Random) -> Bytes2D:
        height, width = picture.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * random.random((4, 2)) * share * (width, height)
        matrix = cv2.getPerspectiveTransform((corners + inwards).astype(np.float32), corners)
        return np.asarray(cv2.warpPerspective(picture, matrix, (width, height)), np.uint8)

    return alter


def _turned(picture: Bytes2D, _: Random) -> Bytes2D:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 6, 1.15)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)


def _warmer(picture: Bytes2D, _: Random) -> Bytes2D:
    return np.clip(picture * (0.8, 1.0, 1.15), 0, 255).astype(np.uint8)


def _other_phone(picture: Bytes2D, random: Random) -> Bytes2D:
    """All at once: cut, from the side, other colours, darker, noisy, packed."""
    for alter in (_cut(0.8), _aside(0.12), _warmer, _brightness(1.4)):
        picture = alter(picture, random)
    noisy = np.clip(picture + random.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
    return _packed(35)(noisy, random)


ALTERATIONS: dict[str, Alteration] = {
    "cut to 80 %": _cut(0.8),
    "cut to 60 %": _cut(0.6),
    "30 % of the size": lambda picture, _: _resized(picture, 0.3),
    "darker": _brightness(2.0),
    "brighter": _brightness(0.5),
    "blurred": _blurred,
    "JPEG quality 12": _packed(12),
    "from the side": _aside(0.15),
    "turned by 6°": _turned,
    "warmer": _warmer,
    "another phone": _other_phone,
}
