"""What HTTP says of the timeline, of hits of a search, and of bookmarks. OpenAPI is made from these."""

from pydantic import BaseModel, Field

from engine.gateway.schemas import optional_iso
from engine.model.history.timeline import (
    MOST_HITS,
    Bookmark,
    HitKind,
    LaneKind,
    LaneMarks,
    LaneSpan,
    SearchHit,
    SpanState,
    Timeline,
    TimelineLane,
)
from engine.model.time import SECOND, to_iso


class MarksOut(BaseModel):
    """How much of a kind began in each column, and how severe the worst of it was (0: none)."""

    kind: str
    counts: list[int]
    worst: list[int]

    @classmethod
    def of(cls, marks: LaneMarks) -> "MarksOut":
        return cls(kind=marks.kind, counts=list(marks.counts), worst=list(marks.worst))


class SpanOut(BaseModel):
    """`until` exclusive. Not cut to what was asked for."""

    since: str
    until: str
    state: SpanState
    reason: str

    @classmethod
    def of(cls, span: LaneSpan) -> "SpanOut":
        return cls(since=to_iso(span.since_ns), until=to_iso(span.until_ns), state=span.state, reason=span.reason)


class LaneOut(BaseModel):
    """`id`: of the camera, person or sensor; empty for lanes of which there is one."""

    kind: LaneKind
    id: str
    marks: list[MarksOut]
    spans: list[SpanOut] = Field(description="observed lanes: where none lies, the engine did not run, and nothing is known")

    @classmethod
    def of(cls, lane: TimelineLane) -> "LaneOut":
        return cls(
            kind=lane.kind, id=lane.id, marks=[MarksOut.of(each) for each in lane.marks], spans=[SpanOut.of(each) for each in lane.spans]
        )


class BookmarkOut(BaseModel):
    id: str
    at: str
    until: str | None
    note: str
    camera_id: str = Field(description="empty: on all")
    by: str
    created: str

    @classmethod
    def of(cls, bookmark: Bookmark) -> "BookmarkOut":
        return cls(
            id=bookmark.id,
            at=to_iso(bookmark.at_ns),
            until=optional_iso(bookmark.until_ns),
            note=bookmark.note,
            camera_id=bookmark.camera_id,
            by=bookmark.by,
            created=to_iso(bookmark.created_ns),
        )


class TimelineOut(BaseModel):
    since: str
    until: str
    columns: int
    lanes: list[LaneOut]
    bookmarks: list[BookmarkOut]
    coarse_s: float = Field(description="marks are counted in stretches of this length, so a column's edge is that true; 0: exactly")

    @classmethod
    def of(cls, found: Timeline) -> "TimelineOut":
        return cls(
            since=to_iso(found.since_ns),
            until=to_iso(found.until_ns),
            columns=found.columns,
            lanes=[LaneOut.of(lane) for lane in found.lanes],
            bookmarks=[BookmarkOut.of(each) for each in found.bookmarks],
            coarse_s=found.coarse_ns / SECOND,
        )


class HitOut(BaseModel):
    """`text`: what was found, in words. `until` null: a moment, or still going on."""

    kind: HitKind
    id: str
    at: str
    until: str | None
    text: str
    camera_id: str
    person_id: str
    severity: int = Field(description="0: it has none")
    likeness: float | None
    simulated: bool
    what: str = Field(description="kind of an event or of an alert's event, category of an incident, candidate of a decision")
    zone_id: str
    state: str = Field(description="of an alert or incident; outcome of a decision")
    rule_id: str
    event_id: str = Field(description="whose thumbnail shows it; empty: none")

    @classmethod
    def of(cls, hit: SearchHit) -> "HitOut":
        return cls(
            kind=hit.kind,
            id=hit.id,
            at=to_iso(hit.at_ns),
            until=optional_iso(hit.until_ns),
            text=hit.text,
            camera_id=hit.camera_id,
            person_id=hit.person_id,
            severity=hit.severity,
            likeness=hit.likeness,
            simulated=hit.simulated,
            what=hit.what,
            zone_id=hit.zone_id,
            state=hit.state,
            rule_id=hit.rule_id,
            event_id=hit.event_id,
        )


class HitsOut(BaseModel):
    """`next`: what `before` has to be to go on; null at the end."""

    hits: list[HitOut]
    next: str | None


class AlikeIn(BaseModel):
    """Either a picture or `like`."""

    picture: str = Field(default="", description="a JPEG or PNG file as base64")
    box: list[float] | None = Field(
        default=None, min_length=4, max_length=4, description="where on it the person is: left, top, right, bottom in shares of it, 0 to 1"
    )
    like: str = Field(default="", max_length=200, description="id of an event of a person, or of a hit of kind `looks`")
    since: str | None = Field(default=None, description="ISO-8601 with zone")
    until: str | None = Field(default=None, description="ISO-8601 with zone, exclusive")
    cameras: list[str] = Field(default=[], max_length=100, description="all where none is named")
    limit: int = Field(default=20, ge=1, le=MOST_HITS)


class AlikeOut(BaseModel):
    """`likeness` of hits: the cosine of two looks, mostly of clothes. It is not how likely it is the same person."""

    hits: list[HitOut]
    compared: int = Field(description="stays that were compared")
    note: str = Field(description="what has to be known about it, empty for nothing")


class BookmarksOut(BaseModel):
    bookmarks: list[BookmarkOut]


class PutBookmarkIn(BaseModel):
    at: str = Field(description="ISO-8601 with zone")
    note: str = Field(min_length=1, max_length=2_000)
    until: str | None = Field(default=None, description="where it is about a stretch, not a moment")
    camera_id: str = Field(default="", max_length=200, description="empty: on all")
    bookmark_id: str = Field(default="", max_length=200, description="empty: a new one")


class BookmarkIdOut(BaseModel):
    id: str
