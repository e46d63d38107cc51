"""The 80 classes of COCO, which both detectors were trained on, and what each is to us."""

import numpy as np
import numpy.typing as npt

from engine.model.cameras.detection import Category

CLASSES = 80
PERSON = 0
_VEHICLES = range(1, 9)  # bicycle, car, motorcycle, airplane, bus, train, truck, boat
_ANIMALS = range(14, 24)  # bird … giraffe


def _categories() -> npt.NDArray[np.int8]:
    table = np.full(CLASSES, Category.OBJECT, np.int8)
    table[PERSON] = Category.PERSON
    table[list(_VEHICLES)] = Category.VEHICLE
    table[list(_ANIMALS)] = Category.ANIMAL
    table.setflags(write=False)
    return table


CATEGORY_OF: npt.NDArray[np.int8] = _categories()
"""(80,) int8: the `Category` of each COCO class index."""
