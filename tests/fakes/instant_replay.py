"""What the fake engine holds in memory of its cameras: pictures that say when they were, by their grey."""

import numpy as np

from engine.model.cameras.instant_replay import ReplayCamera, ReplayPart, ReplayPicture
from engine.model.errors import NotFound
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.recording.jpeg import encode_jpeg

PICTURE_NS = SECOND // 10
NOTHING = "Nothing of this camera is held for instant replay yet."


class FakeRing:
    """`held`: by camera, from when to when."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[int, int]] = {}
        self.asked: list[ReplayCamera] = []

    def answer(self, question: ReplayCamera, settings: Settings) -> ReplayPart:
        self.asked.append(question)
        if settings.camera(question.camera_id) is None:
            raise NotFound(f"There is no camera {question.camera_id}.")
        held = self.held.get(question.camera_id)
        if held is None:
            return ReplayPart(reason=NOTHING)
        first = -(-(question.at_ns + 1 - held[0]) // PICTURE_NS) if question.after else (question.at_ns - held[0]) // PICTURE_NS
        times = [held[0] + (max(0, first) + n) * PICTURE_NS for n in range(question.pictures)]
        return ReplayPart(*held, tuple(_picture(at_ns) for at_ns in times if at_ns <= held[1]))


def grey_of(at_ns: int) -> int:
    return at_ns // SECOND % 50 * 4 + 20


def _picture(at_ns: int) -> ReplayPicture:
    pixels = np.full((90, 160, 3), grey_of(at_ns), np.uint8)
    return ReplayPicture(at_ns, 640, 360, np.frombuffer(encode_jpeg(pixels), np.uint8))
