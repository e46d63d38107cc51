"""What the copy that a hub keeps of a site's record answers, while the site itself cannot be reached."""

from typing import Any

from engine.model.history.timeline import CountDays, FindNeighbour, GetTimeline, HitKind, NeighbourKind, SearchRecord
from engine.model.question import CountIncidents, GetDecision, GetIncident, ListAlerts, ListClips, ListErasures, ListEvents, ListIncidents
from engine.model.review.review import ListReview

COPIED = (ListEvents, ListAlerts, ListClips, ListReview, GetDecision, SearchRecord, GetTimeline, CountDays, FindNeighbour)
COPIED_OF_SITE = (ListIncidents, GetIncident, CountIncidents, ListErasures)
"""Of what no camera saw: not for whoever is limited to cameras."""
_TOLD_HITS = {HitKind.EVENT, HitKind.ALERT, HitKind.INCIDENT, HitKind.MOTION}


def is_copied(question: Any) -> bool:
    """Whether the copy holds what this asks for. What was rejected, is on trial or was recorded, bookmarks and looks stay at the site."""
    match question:
        case ListEvents():
            return not question.shadow
        case FindNeighbour():
            return question.kind is not NeighbourKind.BOOKMARK
        case SearchRecord(filter=wanted):
            kinds = set(wanted.kinds)
            return not wanted.region and not wanted.rejected and (not kinds or bool(kinds & _TOLD_HITS))
        case _:
            return isinstance(question, (*COPIED, *COPIED_OF_SITE))
