"""`/api/v1/review`: review items, each with whether the user of the session has reviewed it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.record import answered, iso_query
from engine.model.event import EventKind
from engine.model.review.review import MOST_MARKED, MOST_REVIEWS, ListReview, PutReviewed, ReviewCause, ReviewRow
from engine.model.time import to_iso

router = APIRouter(prefix="/api/v1", tags=["record"])
_TIME = "ISO-8601 with zone; of the start"


class ReviewItemOut(BaseModel):
    id: str
    cause: ReviewCause
    camera_id: str = Field(description="empty: no camera saw it")
    started: str
    ended: str | None = Field(description="null while it goes on")
    severity: int = Field(description="1 minimal … 5 critical: the highest of its events and alerts")
    events: list[str] = Field(description="ids, oldest first")
    kinds: list[EventKind]
    picture_event_id: str = Field(description="the event whose picture shows it best: `/api/v1/events/{id}/thumbnail`; empty: none")
    alerts: list[str] = Field(description="ids of the alerts that it raised")
    people: int = Field(description="how many were there at once, at most")
    person_ids: list[str]
    persons: list[str] = Field(description="their names")
    zone_ids: list[str]
    simulated: bool
    reviewed: bool = Field(description="by the user of this session, as grave as it is now")

    @classmethod
    def of(cls, row: ReviewRow) -> "ReviewItemOut":
        item = row.item
        return cls(
            id=item.id,
            cause=item.cause,
            camera_id=item.camera_id,
            started=to_iso(item.started_ns),
            ended=None if item.ended_ns is None else to_iso(item.ended_ns),
            severity=int(item.severity),
            events=list(item.event_ids),
            kinds=list(item.kinds),
            picture_event_id=item.best_event_id,
            alerts=list(item.alert_ids),
            people=item.people,
            person_ids=list(item.person_ids),
            persons=list(item.persons),
            zone_ids=list(item.zone_ids),
            simulated=item.simulated,
            reviewed=row.reviewed,
        )


class ReviewOut(BaseModel):
    items: list[ReviewItemOut]
    next: str | None = Field(description="as `before` of the next page; null at the end")


class ReviewMarksIn(BaseModel):
    items: list[str] = Field(min_length=1, max_length=MOST_MARKED)
    reviewed: bool = True


@router.get("/review", summary="Review items: events of one place and cause as one row each, newest first")
def review(
    port: PortOf,
    camera: Annotated[list[str] | None, Query(max_length=100, description="all where none is named")] = None,
    cause: Annotated[list[ReviewCause] | None, Query(description="all where none is named")] = None,
    since: Annotated[str | None, Query(description=_TIME)] = None,
    until: Annotated[str | None, Query(description=f"{_TIME}, exclusive")] = None,
    min_severity: Annotated[int, Query(ge=0, le=5)] = 0,
    person: Annotated[str, Query(max_length=200)] = "",
    reviewed: Annotated[bool | None, Query(description="by the user of this session; both where it is left out")] = None,
    alerts_only: Annotated[bool, Query(description="those that raised an alert")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST_REVIEWS)] = 100,
    before: Annotated[str | None, Query(max_length=200, description="`next` of the answer before")] = None,
) -> ReviewOut:
    times = iso_query("since", since), iso_query("until", until)
    cameras, causes = tuple(camera or ()), tuple(cause or ())
    page = answered(port, ListReview(limit, before, cameras, causes, *times, min_severity, person, reviewed, alerts_only))
    return ReviewOut(items=[ReviewItemOut.of(row) for row in page.rows], next=page.next_id)


@router.post("/review/marks", status_code=204, summary="Mark review items as reviewed, or not, for the user of this session")
def put_marks(port: PortOf, body: ReviewMarksIn) -> None:
    port.command(PutReviewed(tuple(body.items), body.reviewed))
