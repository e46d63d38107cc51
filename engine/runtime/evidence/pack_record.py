"""What the record says about the window of a pack, gathered once: its files and its report tell the same."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import ListSegments, Segment
from engine.model.event import Event
from engine.model.history.evidence import PackRequest
from engine.model.incidents.incident import Incident, Report
from engine.model.question import GetIncident, ListAlerts, ListAudit, ListClips, ListDecisions, ListEvents, ListIncidents
from engine.model.question_type import RecordQuestion
from engine.model.time import SECOND
from engine.model.value_class import dataclass

T = TypeVar("T")

MOST = 20_000  # of each kind; a pack of which there was more says so
_PAGE = 500
_BEFORE_NS = 86_400 * SECOND  # an event or a clip that began so long before the window may still reach into it


class Ask(Protocol):
    """Answers questions about the record."""

    def __call__(self, question: RecordQuestion[T], /) -> T: ...


Row = TypeVar("Row", Event, Decision, Alert, Incident, Clip)


@dataclass(frozen=True, slots=True)
class PackRecord:
    """All of the window, oldest first; where persons were chosen, events and alerts of theirs only.

    missing: what there was more of, as sentences.
    """

    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    alerts: tuple[Alert, ...] = ()
    incidents: tuple[Incident, ...] = ()
    reports: tuple[Report, ...] = ()
    audit: tuple[AuditRow, ...] = ()
    clips: tuple[Clip, ...] = ()
    segments: tuple[Segment, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def simulated(self) -> bool:
        return any(event.simulated for event in self.events)


def gather(ask: Ask, request: PackRequest) -> PackRecord:
    """Raises EnvironmentFault."""
    since, until = request.since_ns, request.until_ns
    pages = _Pages()
    events = pages.all("events", lambda last: ask(ListEvents(_PAGE, last, since_ns=since - _BEFORE_NS, until_ns=until)))
    alerts = pages.all("alerts", lambda last: ask(ListAlerts(_PAGE, last, since_ns=since, until_ns=until)).alerts)
    decisions = pages.all("decisions", lambda last: ask(ListDecisions(_PAGE, last, since_ns=since, until_ns=until)))
    incidents = pages.all("incidents", lambda last: ask(ListIncidents(_PAGE, last, since_ns=since, until_ns=until)).incidents)
    clips = pages.all("clips", lambda last: ask(ListClips(_PAGE, last, since_ns=since - _BEFORE_NS, until_ns=until)))
    return PackRecord(
        tuple(each for each in events if _reaches(each.ended_ns, since) and _is_in_request(request, each.camera_id, each.person_id)),
        tuple(each for each in decisions if _of_cameras(request, each.camera_id)),
        tuple(each for each in alerts if _is_in_request(request, each.camera_id, each.person_id)),
        tuple(incidents),
        tuple(report for incident in incidents for report in ask(GetIncident(incident.id)).reports),
        _audit(ask, since, until),
        tuple(each for each in clips if _reaches(each.ended_ns, since) and _of_cameras(request, each.camera_id)),
        ask(ListSegments(since, until, request.camera_ids)),
        tuple(pages.missing),
    )


class _Pages:
    def __init__(self) -> None:
        self.missing: list[str] = []

    def all(self, what: str, page: Callable[[str | None], Sequence[Row]]) -> list[Row]:
        """Oldest first. `page` gives rows, newest first, behind one of an id."""
        found = list[Row]()
        while rows := page(found[-1].id if found else None):
            found += rows
            if len(rows) < _PAGE:
                break
            if len(found) >= MOST:
                self.missing.append(f"There were more than {MOST} {what}; the newest {len(found)} are in the pack.")
                break
        return found[::-1]


def _audit(ask: Ask, since_ns: int, until_ns: int) -> tuple[AuditRow, ...]:
    """Pages back from now: an act has no index by its time."""
    found: list[AuditRow] = []
    before: int | None = None
    while rows := ask(ListAudit(_PAGE, before)):
        found += [row for row in rows if since_ns <= row.at_ns < until_ns]
        if rows[-1].at_ns < since_ns:
            break
        before = rows[-1].seq
    return tuple(reversed(found))


def _reaches(ended_ns: int | None, since_ns: int) -> bool:
    return ended_ns is None or ended_ns >= since_ns


def _of_cameras(request: PackRequest, camera_id: str) -> bool:
    """What belongs to no camera (radio, incidents) goes with every choice of cameras."""
    return not request.camera_ids or not camera_id or camera_id in request.camera_ids


def _is_in_request(request: PackRequest, camera_id: str, person_id: str) -> bool:
    return _of_cameras(request, camera_id) and (not request.person_ids or person_id in request.person_ids)
