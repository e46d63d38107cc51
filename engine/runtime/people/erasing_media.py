"""Files that somebody who is erased sent along with reports. What others reported with the same file, and what shows them in a picture that
somebody else sent, is not found here.
"""

from collections.abc import Callable, Collection

from engine.model.audit import AuditRow, AuditVerb
from engine.model.time import Clock
from engine.runtime.incidents.sent_media import MediaShelf
from engine.store.incidents import IncidentTable

WHY = "sent by somebody who is erased"


def remove_media_of(
    reporters: Collection[str], table: IncidentTable, shelf: MediaShelf, audit: Callable[[AuditRow], None], clock: Clock, by: str
) -> int:
    """How many. Each is in the audit before it goes; what was interrupted is done by asking again. Raises EnvironmentFault."""
    sent = sorted(table.media_of(reporters)) if reporters else []
    known = [media for media in map(shelf.get, sent) if media is not None]
    for media in known:
        audit(AuditRow(clock.now_ns(), by, AuditVerb.REMOVE_MEDIA, media.id, WHY))
        shelf.remove(media.id)
    return len(known)
