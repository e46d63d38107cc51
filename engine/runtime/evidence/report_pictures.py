"""Pictures that were sent with reports, in a pack."""

from collections.abc import Callable, Sequence

from engine.model.errors import EnvironmentFault
from engine.model.history.evidence import PackRequest, Redaction
from engine.model.incidents.incident import Report
from engine.recording.pack.folder import PackFolder
from engine.runtime.cameras.masking import Masking

MOST = 400
ReadPicture = Callable[[str], bytes | None]  # JPEG by media id; None where there is none, or none any more


def take_report_pictures(
    pack: PackFolder, request: PackRequest, reports: Sequence[Report], read: ReadPicture, masking: Masking
) -> list[str]:
    """Of all reports, the earliest first. Gives what is missing, as sentences. Raises EnvironmentFault."""
    named: dict[str, str] = {}
    for report in reports:
        for media_id in filter(None, (*report.media, report.video_id)):
            named.setdefault(media_id, report.id)
    for media_id, report_id in list(named.items())[:MOST]:
        jpeg = _read(read, media_id)
        if jpeg is not None:
            shown = masking.still(jpeg) if request.redaction is Redaction.FACES else jpeg
            pack.add(f"reports/{media_id}.jpg", shown, f"picture sent with the report {report_id}")
    return [f"Of the pictures of reports the first {MOST} are in it."] if len(named) > MOST else []


def _read(read: ReadPicture, media_id: str) -> bytes | None:
    try:
        return read(media_id)
    except EnvironmentFault:
        return None  # it went meanwhile; the report still names it
