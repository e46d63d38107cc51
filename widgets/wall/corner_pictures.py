"""Cameras that stand small in a corner of another camera's tile. No Qt."""

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from engine.model.value_class import dataclass


class Corner(StrEnum):
    """In the order in which a key goes round them."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_RIGHT = "bottom_right"
    BOTTOM_LEFT = "bottom_left"

    @property
    def left(self) -> bool:
        return self in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)

    @property
    def top(self) -> bool:
        return self in (Corner.TOP_LEFT, Corner.TOP_RIGHT)

    @property
    def next(self) -> "Corner":
        """Clockwise."""
        corners = tuple(Corner)
        return corners[(corners.index(self) + 1) % len(corners)]


@dataclass(frozen=True, slots=True)
class CornerPicture:
    """Which camera is small, and where."""

    camera_id: str
    corner: Corner = Corner.BOTTOM_RIGHT


@dataclass(frozen=True, slots=True)
class CornerPictures:
    """`by_camera`: by the camera in whose tile they are. They belong to it, wherever it is on the wall; one that is gone keeps its own."""

    by_camera: Mapping[str, CornerPicture] = field(default_factory=dict[str, CornerPicture])

    def of_camera(self, camera_id: str) -> CornerPicture | None:
        return self.by_camera.get(camera_id)

    def with_picture(self, camera_id: str, small: CornerPicture | None) -> "CornerPictures":
        """None: there is none any more. No camera stands in its own corner."""
        others = {each: picture for each, picture in self.by_camera.items() if each != camera_id}
        if small is not None and small.camera_id != camera_id:
            others[camera_id] = small
        return CornerPictures(others)

    def exchanged(self, first: str, second: str) -> "CornerPictures":
        """Each of the two cameras where the other was, large and small."""
        other = {first: second, second: first}
        return CornerPictures(
            {
                other.get(each, each): replace(small, camera_id=other.get(small.camera_id, small.camera_id))
                for each, small in self.by_camera.items()
            }
        )
