"""Trying a camera without keeping it, as a job whose picture can be fetched."""

from typing import Protocol

from engine._burning import Burner
from engine.model.command import Credentials
from engine.model.geometry import Polygon
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings, Settings
from engine.model.time import Clock
from engine.recording.clips.masked_still import with_people
from engine.recording.jpeg import encode_jpeg
from engine.runtime.basis import Basis
from engine.runtime.cameras.job_pictures import JobPictures
from engine.runtime.cameras.pictures import fitted
from engine.runtime.cameras.sources import try_source
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.sources.camera.picture import burned

PICTURE = PictureWant(640, 480)


class TrialHost(Protocol):
    """What this needs of the engine."""

    @property
    def basis(self) -> Basis: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def job_pictures(self) -> JobPictures: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def settings(self) -> Settings: ...


def _private(engine: TrialHost, camera: CameraSettings) -> tuple[Polygon, ...]:
    """What is private of this camera as it is tried, and as it is kept, also under another name."""
    addresses = {camera.url.strip(), camera.sub_url.strip()} - {""}
    known = [each for each in engine.settings.cameras if each.id == camera.id or addresses & {each.url, each.sub_url}]
    return tuple(dict.fromkeys(area for each in (camera, *known) for area in each.privacy))


def try_camera(engine: TrialHost, camera: CameraSettings, credentials: Credentials | None) -> str:
    """Start it; gives the job's id."""

    def run_trial(job_id: str, progress: Progress) -> str:
        progress.at(0, 1, f"Connecting to {camera.name}")
        info, frame = try_source(camera, credentials, engine.clock, progress.is_cancelled, engine.basis.judge)
        progress.check()
        frame = burned(frame, Burner(_private(engine, camera)))
        engine.job_pictures.keep(job_id, with_people(encode_jpeg(frame.bgr(*fitted(frame.width, frame.height, PICTURE))), ()))
        progress.at(1, 1)
        rate = f", {info.fps:.0f} pictures a second" if info.fps else ""
        return f"{frame.width} × {frame.height} {info.codec or 'raw'}{rate}"

    return engine.jobs.start("test_camera", f"Test {camera.name}", run_trial)
