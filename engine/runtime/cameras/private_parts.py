"""What is private now of pictures that were taken before it was."""

from engine.model.cameras.privacy import NOTHING, WHOLE, Cover
from engine.runtime.basis import Basis
from engine.runtime.cameras.cameras import Cameras
from engine.runtime.cameras.privacy_record import PrivacyRecord


class PrivateParts:
    """Any thread. `since`: since when which parts are burned."""

    def __init__(self, basis: Basis, cameras: Cameras) -> None:
        self._clock, self._settings, self._record = basis.clock, basis.settings.now, basis.record
        self._cameras = cameras
        self.since = PrivacyRecord(basis.data.path, basis.clock)

    def covers(self, camera_id: str, since_ns: int, until_ns: int) -> Cover:
        """What is private now of a camera's picture, and was not burned all the time between two times. Of a camera that was removed: what
        was private last."""
        camera, unit = self._settings().camera(camera_id), self._cameras.find(camera_id)
        wanted = self.since.last(camera_id) if camera is None else camera.privacy
        missing = self.since.missing(camera_id, wanted, since_ns, until_ns) if wanted else ()
        return Cover(missing, () if unit is None else unit.shapes) if missing else NOTHING

    def of_event(self, event_id: str) -> Cover:
        """What the small picture of an event may show still and is private now; of an event that nobody knows, all of it."""
        known = (event for event in self._record.board.events() if event.id == event_id)
        event = next(known, None) or self._record.store.event(event_id)
        if event is None:
            return Cover((WHOLE,)) if any(camera.privacy for camera in self._settings().cameras) else NOTHING
        return self.covers(event.camera_id, event.started_ns, event.ended_ns or self._clock.now_ns())
