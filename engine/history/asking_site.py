"""A site as questions in words see it: its record and settings, for one viewer at one moment."""

from zoneinfo import ZoneInfo

from engine.history.names import Directory, directory_of
from engine.history.queries.reach import Reach
from engine.history.queries.watch import LostCameras
from engine.model.history.event_query import AskedRecord, EventWant
from engine.model.history.query import Viewer
from engine.model.settings import CameraSettings, Settings
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class ChatSite:
    """`record`: of a running engine, or of a folder beside one."""

    record: AskedRecord
    settings: Settings
    zone: ZoneInfo

    def reach(self, viewer: Viewer, now_ns: int) -> Reach:
        cameras = tuple(camera.id for camera in self._cameras() if viewer.sees(camera.id))
        return Reach(self.record, viewer, now_ns, self.zone, cameras, LostCameras(self.record, now_ns))

    def directory(self, viewer: Viewer) -> Directory:
        """Who is seen by some cameras only knows of nobody who was not seen there."""
        people = self.record.people()
        if viewer.cameras is not None:
            seen = {
                each.key for each in self.record.tally(EventWant(known=True, only_camera_ids=tuple(sorted(viewer.cameras))), "person_id")
            }
            people = tuple(person for person in people if person.id in seen)
        settings = self.settings
        if not settings.cameras:
            for camera in self._cameras():
                settings = settings.with_camera(camera)
        return directory_of(settings, people, self.record.labels(), viewer.cameras)

    def _cameras(self) -> tuple[CameraSettings, ...]:
        """Of settings that name none, those of which there are events."""
        if self.settings.cameras:
            return self.settings.cameras
        ids = [tally.key for tally in self.record.tally(EventWant(), "camera_id") if tally.key]
        return tuple(CameraSettings(id_, id_, "rtsp://unknown/") for id_ in ids)
