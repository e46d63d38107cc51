"""Continuous video of a running engine: where its files lie."""

from collections.abc import Callable
from pathlib import Path

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.segment import Segment
from engine.model.settings import RecordingSettings
from engine.model.time import to_iso
from engine.store.segments import SegmentTable


def footage_of(segment: Segment) -> str:
    """How the audit calls it: the camera, and the hour (UTC) in which it begins. Somebody who looks for something opens hundreds."""
    return f"{segment.camera_id} {to_iso(segment.started_ns)[:13]}Z"


class SegmentSide:
    """Any thread.

    Args:
        folder: the data folder. settings: asked whenever they matter.
    """

    def __init__(self, folder: Path, table: SegmentTable, settings: Callable[[], RecordingSettings]) -> None:
        self._folder = folder
        self._table = table
        self._settings = settings

    def get(self, segment_id: str) -> Segment:
        """Raises NotFound."""
        segment = self._table.get(segment_id)
        if segment is None:
            raise NotFound(f"There is no recording {segment_id}. It may have been removed since.")
        return segment

    def path(self, segment: Segment) -> Path:
        """Where its file is, or should be."""
        return (Path(self._settings().archive_folder) if segment.archived else self._folder) / segment.file

    def file(self, segment: Segment) -> Path:
        """As it was recorded, faces and all. Raises NotFound; EnvironmentFault `archive_away`: its disk is not there."""
        path = self.path(segment)
        if path.is_file():
            return path
        if segment.archived and not Path(self._settings().archive_folder).is_dir():
            message = "This recording is in the archive, which cannot be reached. Connect its disk, or set the archive's folder."
            raise EnvironmentFault("archive_away", message)
        raise NotFound(f"The file of recording {segment.id} is gone.")
