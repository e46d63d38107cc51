"""`/api/v1/segments`: continuous video over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.clip_response import FILE, file_response
from engine.gateway.history.record import HIDING_S, answered, iso_query
from engine.model.cameras.segment import Keeping, ListSegments, Segment
from engine.model.errors import InputError
from engine.model.time import to_iso

router = APIRouter(tags=["record"])
PATH = "/api/v1/segments"


class SegmentOut(BaseModel):
    """`damage`: why it does not play to its end; empty when it does. `sha256`: empty until it was archived."""

    id: str
    camera_id: str
    started: str
    ended: str
    size_bytes: int
    codec: str
    width: int
    height: int
    keyframe_ms: int = Field(description="the longest way between two keyframes")
    keeping: Keeping = Field(description="why it is kept")
    sha256: str
    archived: bool
    damage: str

    @classmethod
    def of(cls, segment: Segment) -> "SegmentOut":
        return cls(
            id=segment.id,
            camera_id=segment.camera_id,
            started=to_iso(segment.started_ns),
            ended=to_iso(segment.ended_ns),
            size_bytes=segment.size_bytes,
            codec=segment.codec,
            width=segment.width,
            height=segment.height,
            keyframe_ms=segment.keyframe_ms,
            keeping=segment.keeping,
            sha256=segment.sha256,
            archived=segment.archived,
            damage=segment.damage,
        )


class SegmentsOut(BaseModel):
    """`next`: what `since` has to be to go on; null at the end. What was going on then is told once more."""

    segments: list[SegmentOut]
    next: str | None


@router.get(PATH, summary="What was recorded between two times, oldest first")
def segments(
    port: PortOf,
    since: Annotated[str, Query(description="ISO-8601 with zone")],
    until: Annotated[str, Query(description="ISO-8601 with zone, exclusive")],
    camera: Annotated[list[str] | None, Query(description="all cameras where none is named")] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> SegmentsOut:
    since_ns, until_ns = iso_query("since", since), iso_query("until", until)
    if since_ns is None or until_ns is None or until_ns <= since_ns:
        raise InputError("until", "is not later than since")
    rows = answered(port, ListSegments(since_ns, until_ns, tuple(camera or ()), limit))
    return SegmentsOut(segments=[SegmentOut.of(row) for row in rows], next=to_iso(rows[-1].started_ns) if len(rows) == limit else None)


@router.get(f"{PATH}/{{segment_id}}/file", summary="The file, private parts covered; refused while faces are hidden", **FILE)
@router.head(f"{PATH}/{{segment_id}}/file", summary="The file's size, type and ETag", **FILE)
def segment_file(request: Request, port: PortOf, segment_id: str) -> Response:
    return file_response(port.segment_file(segment_id, HIDING_S), request)
