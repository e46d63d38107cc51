"""What the report of a pack is made from."""

from pathlib import Path

from engine.model.clock_text import ReportTimes
from engine.model.history.evidence import PackRequest
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.recording.pack.manifest import PackedFile
from engine.runtime.evidence.pack_record import PackRecord
from engine.runtime.evidence.videos import PackedVideo


@dataclass(frozen=True, slots=True)
class Reported:
    """All that the report tells. `folder`: of the pack in the making; `stills`: path in it by event id; `key`: public, base64."""

    pack_id: str
    request: PackRequest
    by: str
    created_ns: int
    version: str
    times: ReportTimes
    settings: Settings
    gathered: PackRecord
    videos: tuple[PackedVideo, ...]
    stills: dict[str, str]
    folder: Path
    files: tuple[PackedFile, ...]
    key: str
    missing: tuple[str, ...]
