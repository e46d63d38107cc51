"""Where in the picture a person's face can be, and whose a face is."""

import numpy as np
import numpy.typing as npt

from engine._assignment import cheapest_pairs
from engine.model.geometry import Box, Floats
from engine.vision.suppression import clipped

HEAD_SHARE = 0.4  # of the height of a standing person: head and shoulders, also when bending a little
LEAST_HEIGHT = 1.1  # widths: somebody cut off at the chest is all head and shoulders
MARGIN = 0.15  # of the region's size, because person boxes are often cut tight at the hair
_HEAD_MIDDLE = 0.45  # widths below the top of the box: usual place of a face
_NOT_IN_BOX = 1e6


def head_region(box_xyxy: Box, width: int, height: int) -> Box:
    """The upper part of a person's box with a margin, cut at a picture of this size; empty (x0 = x1) where nothing is left."""
    x0, y0, x1, y1 = box_xyxy
    tall = min(y1 - y0, max(HEAD_SHARE * (y1 - y0), LEAST_HEIGHT * (x1 - x0)))
    beside, above = MARGIN * (x1 - x0), MARGIN * tall
    region = np.array([[x0 - beside, y0 - above, x1 + beside, y0 + tall + above]], np.float32)
    cut = clipped(region, width, height)[0]
    return float(cut[0]), float(cut[1]), float(max(cut[0], cut[2])), float(max(cut[1], cut[3]))


def owners(faces_xyxy: Floats, person_boxes_xyxy: Floats) -> npt.NDArray[np.intp]:
    """The person of each face: indices (N,) into the boxes (M, 4), −1 for a face that is nobody's.

    Nobody has two faces and no face two owners: the assignment with the least sum of distances between the middle of a face and the
    usual place of the face in a box, in widths of the box (Hungarian method). A face outside a person's head region is not theirs.
    """
    found = np.full(len(faces_xyxy), -1, np.intp)
    if not len(faces_xyxy) or not len(person_boxes_xyxy):
        return found
    cost = _distances(faces_xyxy, person_boxes_xyxy)
    rows, columns = cheapest_pairs(cost)
    good = cost[rows, columns] < _NOT_IN_BOX
    found[rows[good]] = columns[good]
    return found


def _distances(faces_xyxy: Floats, boxes_xyxy: Floats) -> npt.NDArray[np.float64]:
    """(N, M) widths of the box; `_NOT_IN_BOX` where the middle of the face is outside the head region."""
    middles = (faces_xyxy[:, :2] + faces_xyxy[:, 2:]).astype(np.float64) / 2
    cost = np.full((len(faces_xyxy), len(boxes_xyxy)), _NOT_IN_BOX)
    for column, box in enumerate(boxes_xyxy.astype(float)):
        width = max(box[2] - box[0], 1.0)
        usual = np.array([(box[0] + box[2]) / 2, box[1] + _HEAD_MIDDLE * width])
        region = head_region((box[0], box[1], box[2], box[3]), 1 << 20, 1 << 20)
        inside = np.all((middles >= region[:2]) & (middles <= region[2:]), axis=1)
        cost[inside, column] = np.linalg.norm(middles[inside] - usual, axis=1) / width
    return cost
