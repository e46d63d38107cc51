"""Names of photographs, and how to spoil them."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.geometry import Floats

Picture = npt.NDArray[np.uint8]
OBAMA = "ageitgey/examples/obama-720p.jpg"
OBAMA_AGAIN = "ageitgey/examples/obama2.jpg"
BIDEN = "ageitgey/examples/biden.jpg"
TWO = "ageitgey/examples/two_people.jpg"
COUPLE = "ageitgey/examples/knn_examples/test/kit_with_rose.jpg"
PEOPLE = {
    "alex": ("train/alex_lacamoire/img1.jpg", "test/alex_lacamoire1.jpg"),
    "biden": ("train/biden/biden.jpg", "train/biden/biden2.jpg"),
    "kit": ("train/kit_harington/john1.jpeg", "train/kit_harington/john2.jpeg", "test/johnsnow_test1.jpg"),
    "obama": ("train/obama/obama.jpg", "train/obama/obama2.jpg", "test/obama1.jpg"),
    "rose": ("train/rose_leslie/img1.jpg", "train/rose_leslie/img2.jpg"),
}


def tilted(picture: Picture, middle: Floats, degrees: float) -> tuple[Picture, Floats]:
    """Turned about a point; with the 2 × 3 matrix."""
    matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (picture.shape[1], picture.shape[0]))
    return np.asarray(turned, np.uint8), np.asarray(matrix, np.float32)


def smaller(picture: Picture, factor: float) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def blurred(picture: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def whole(picture: Picture) -> Floats:
    """The picture as the box of a person."""
    return np.array([[0, 0, picture.shape[1], picture.shape[0]]], np.float32)


def middles(boxes_xyxy: Floats) -> Floats:
    return (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2
