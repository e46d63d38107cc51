"""Small pictures of the faces that were learned, one file each, beside the record."""

import logging
from collections import OrderedDict
from collections.abc import Container, Iterable
from pathlib import Path

import numpy as np

from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.model.observation import FacesSeen
from engine.model.people.person import FaceGone, FaceSample
from engine.recording.jpeg import encode_jpeg
from engine.runtime.atomic_file import write_atomically
from engine.runtime.ports import WriterQueue

log = logging.getLogger(__name__)

_WAITING = 64  # crops of faces of which it is not known yet whether they will be learned
_AROUND = 0.5  # of the face's size, on each side
_LONGEST = 320  # pixels


class FacePhotos:
    """`note` on the worker thread, `take` on the engine thread, the rest on any.

    Args:
        folder: made when the first picture is kept.
        writer: runs an action on the thread that writes.
    """

    def __init__(self, folder: Path, writer: WriterQueue) -> None:
        self._folder = folder
        self._writer = writer
        self._waiting: OrderedDict[bytes, Bytes2D] = OrderedDict()

    def note(self, seen: FacesSeen, picture_bgr: Bytes2D) -> None:
        """Keep the crops of a frame's faces in memory for a moment: which of them are learned is decided later."""
        for index, box in enumerate(seen.faces.boxes_xyxy):
            if seen.faces.embedded(index):
                self._waiting[_face_key(seen.faces.embeddings[index])] = face_crop(picture_bgr, box)
        while len(self._waiting) > _WAITING:
            self._waiting.popitem(last=False)

    def expect(self, sample: FaceSample, crop_bgr: Bytes2D) -> None:
        """The picture of a face that is about to be learned. Any thread."""
        self._waiting[_face_key(sample.embedding)] = crop_bgr

    def take(self, values: Iterable[object]) -> None:
        """Faces that were learned get their picture kept; of those that are gone it is removed."""
        for value in values:
            match value:
                case FaceSample() as sample:
                    crop = self._waiting.get(_face_key(sample.embedding))
                    if crop is not None:
                        self._writer.run_in_order(lambda sample=sample, crop=crop: self.keep(sample.id, crop))
                case FaceGone(face_id):
                    self._writer.run_in_order(lambda face_id=face_id: self._remove_photo(face_id))
                case _:
                    pass

    def keep(self, face_id: str, crop_bgr: Bytes2D) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_atomically(self._path(face_id), encode_jpeg(crop_bgr))
        except (OSError, EnvironmentFault) as error:
            log.warning("the picture of a face cannot be kept: %s", error)

    def read(self, face_id: str) -> bytes | None:
        """JPEG; None where there is none, and for a link. Any text is safe to ask for."""
        try:
            path = self._path(face_id)
            return None if path.is_symlink() else path.read_bytes()
        except OSError:
            return None

    def face_ids(self) -> frozenset[str]:
        """Ids of faces with a picture."""
        return frozenset(path.stem for path in self._folder.glob("*.jpg"))

    def keep_only(self, face_ids: Container[str]) -> None:
        """Remove the pictures of all other faces. The thread that writes."""
        for face_id in self.face_ids():
            if face_id not in face_ids:
                self._remove_photo(face_id)

    def _remove_photo(self, face_id: str) -> None:
        self._path(face_id).unlink(missing_ok=True)

    def _path(self, face_id: str) -> Path:
        if not face_id or not all(c.isalnum() or c in "-_" for c in face_id):
            raise FileNotFoundError(face_id)
        return self._folder / f"{face_id}.jpg"


def _face_key(embedding: Floats) -> bytes:
    return embedding.tobytes()


def face_crop(picture_bgr: Bytes2D, box: Floats) -> Bytes2D:
    """The face with some room around it, thinned out where it is large."""
    height, width = picture_bgr.shape[:2]
    x0, y0, x1, y1 = (float(value) for value in box)
    beside, above = _AROUND * (x1 - x0), _AROUND * (y1 - y0)
    left, top = max(int(x0 - beside), 0), max(int(y0 - above), 0)
    crop = picture_bgr[top : min(int(y1 + above) + 1, height), left : min(int(x1 + beside) + 1, width)]
    step = max(max(crop.shape[:2]) // _LONGEST, 1)
    return np.ascontiguousarray(crop[::step, ::step])
