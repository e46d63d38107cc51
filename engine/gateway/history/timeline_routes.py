"""`/api/v1/timeline`, `/api/v1/search` and `/api/v1/bookmarks`: the past, drawn, looked through and written upon."""

from typing import Annotated

from fastapi import APIRouter, Query

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.record import answered, iso_query, iso_time, numbers
from engine.gateway.history.timeline_schemas import (
    AlikeIn,
    AlikeOut,
    BookmarkIdOut,
    BookmarkOut,
    BookmarksOut,
    HitOut,
    HitsOut,
    PutBookmarkIn,
    TimelineOut,
)
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.geometry import Polygon
from engine.model.history.timeline import (
    MOST_COLUMNS,
    MOST_HITS,
    GetTimeline,
    HitKind,
    LaneKind,
    ListBookmarks,
    PutBookmark,
    RemoveBookmark,
    SearchAlike,
    SearchFilter,
    SearchRecord,
)

router = APIRouter(prefix="/api/v1", tags=["record"])
_TIME = "ISO-8601 with zone"
_MOST_CORNERS = 32
Cameras = Annotated[list[str] | None, Query(max_length=100, description="all where none is named")]


@router.get("/timeline", summary="What happened between two times: lanes of counts in columns, and of what was watched and recorded")
def timeline(
    port: PortOf,
    since: Annotated[str, Query(description=_TIME)],
    until: Annotated[str, Query(description=f"{_TIME}, exclusive")],
    columns: Annotated[int, Query(ge=1, le=MOST_COLUMNS)] = 1_024,
    lane: Annotated[list[LaneKind] | None, Query(description="all where none is named")] = None,
    camera: Cameras = None,
) -> TimelineOut:
    since_ns, until_ns = iso_time("since", since), iso_time("until", until)
    return TimelineOut.of(answered(port, GetTimeline(since_ns, until_ns, columns, tuple(lane or ()), tuple(camera or ()))))


@router.get(
    "/search", summary="Events, alerts, decisions, incidents, reports, people and bookmarks with given words and marks, newest first"
)
def search(
    port: PortOf,
    text: Annotated[
        str,
        Query(
            max_length=200,
            description='words, in any language of the console; "quoted words" stand together; a word may be left open with *',
        ),
    ] = "",
    kind: Annotated[list[HitKind] | None, Query(description="all where none is named")] = None,
    event_kind: Annotated[list[EventKind] | None, Query()] = None,
    camera: Cameras = None,
    person: Annotated[str, Query(max_length=200)] = "",
    zone: Annotated[str, Query(max_length=200)] = "",
    label: Annotated[str, Query(max_length=200, description="of a gesture")] = "",
    since: Annotated[str | None, Query(description=_TIME)] = None,
    until: Annotated[str | None, Query(description=f"{_TIME}, exclusive")] = None,
    min_severity: Annotated[int, Query(ge=0, le=5)] = 0,
    region: Annotated[
        list[str] | None, Query(description="corners `x,y` of a part of one camera's picture, in shares of it, 0 to 1")
    ] = None,
    rule: Annotated[str, Query(max_length=200, description="id of an alert rule")] = "",
    state: Annotated[str, Query(max_length=40, description="of an alert or incident: new, acknowledged, in_progress, closed, open …")] = "",
    rejected: Annotated[bool, Query(description="rejected decisions as well, which are left out otherwise")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS)] = 50,
    before: Annotated[str, Query(max_length=300, description="`next` of the answer before")] = "",
) -> HitsOut:
    wanted = SearchFilter(
        text,
        tuple(kind or ()),
        tuple(each.value for each in event_kind or ()),
        tuple(camera or ()),
        person,
        zone,
        label,
        iso_query("since", since),
        iso_query("until", until),
        min_severity,
        _region(region or []),
        rule,
        state,
        rejected,
    )
    found = answered(port, SearchRecord(wanted, limit, before))
    return HitsOut(hits=[HitOut.of(hit) for hit in found.hits], next=found.next_id)


def _region(corners: list[str]) -> Polygon:
    if len(corners) > _MOST_CORNERS:
        raise InputError("region", f"has {len(corners)} corners; at most {_MOST_CORNERS}")
    found = [numbers("region", corner, "x,y") for corner in corners]
    return tuple((x, y) for x, y in found)


@router.post(
    "/search/alike", summary="Stays of people who look like the one on a picture, or like who was seen in an event, most alike first"
)
def search_alike(port: PortOf, body: AlikeIn) -> AlikeOut:
    box = None if body.box is None else (body.box[0], body.box[1], body.box[2], body.box[3])
    times = iso_query("since", body.since), iso_query("until", body.until)
    found = answered(port, SearchAlike(body.picture, *times, body.limit, tuple(body.cameras), box, body.like))
    return AlikeOut(hits=[HitOut.of(hit) for hit in found.hits], compared=found.compared, note=found.banner)


@router.get("/bookmarks", summary="Notes on moments, newest first")
def bookmarks(
    port: PortOf,
    since: Annotated[str | None, Query(description=_TIME)] = None,
    until: Annotated[str | None, Query(description=f"{_TIME}, exclusive")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 500,
) -> BookmarksOut:
    found = answered(port, ListBookmarks(iso_query("since", since), iso_query("until", until), limit))
    return BookmarksOut(bookmarks=[BookmarkOut.of(each) for each in found])


@router.post("/bookmarks", status_code=201, summary="Put a note on a moment or a stretch, or change one")
def put_bookmark(port: PortOf, body: PutBookmarkIn) -> BookmarkIdOut:
    at_ns = iso_time("at", body.at)
    return BookmarkIdOut(id=port.command(PutBookmark(at_ns, body.note, iso_query("until", body.until), body.camera_id, body.bookmark_id)))


@router.delete("/bookmarks/{bookmark_id}", status_code=204, summary="Remove a note: one's own, or, with the right to delete, anybody's")
def remove_bookmark(port: PortOf, bookmark_id: str) -> None:
    port.command(RemoveBookmark(bookmark_id))
