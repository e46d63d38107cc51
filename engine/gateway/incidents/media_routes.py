"""`/api/v1/media`: pictures and videos sent before the reports that name them, and what they look like."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from pydantic import BaseModel

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.clip_response import JPEG
from engine.gateway.incidents.intelligence import REFUSED
from engine.model.errors import NotFound
from engine.model.time import to_iso
from engine.runtime.incidents.report_looks import PATIENCE_S, Looked
from engine.runtime.incidents.sent_media import SentMedia
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1", tags=["incidents"])
PATH = "/api/v1/media"


class MediaOut(BaseModel):
    """`id`: for `media` and `video_id` of reports. `named`: a report has named it."""

    id: str
    kind: str
    content_type: str
    size_bytes: int
    sent_at: str
    named: bool

    @classmethod
    def of(cls, media: SentMedia) -> "MediaOut":
        return cls(
            id=media.id,
            kind=media.kind,
            content_type=media.content_type,
            size_bytes=media.size_bytes,
            sent_at=to_iso(media.sent_ns),
            named=media.named,
        )


class MediaListOut(BaseModel):
    media: list[MediaOut]


@router.post(
    "/media",
    status_code=201,
    summary="Send a photo or a video that reports are to name; the same file again is the same",
    responses={
        400: REFUSED[400],
        413: REFUSED[413] | {"description": "photo 10 MiB, video 50 MiB at most"},
        415: REFUSED[415] | {"description": "photo: JPEG or PNG; video: MP4, QuickTime or AVI"},
    },
)
async def send(
    request: Request,
    port: PortOf,
    response: Response,
    file: Annotated[UploadFile, File(description="judged by its content; its name is not looked at")],
) -> MediaOut:
    """It is on the disk when this answers. Kept as long as clips are, and a day where no report names it; the oldest go first where there
    are too many. Reports keep what they need of it for being compared."""
    data = await file.read()
    limiter: anyio.CapacityLimiter = request.app.state.looks
    media = await anyio.to_thread.run_sync(partial(port.send_media, data), limiter=limiter)
    response.headers["Location"] = f"{PATH}/{media.id}"
    return MediaOut.of(media)


@router.get("/media", summary="What was sent for reports and is still kept, newest first")
def listed(port: PortOf, limit: Annotated[int, Query(ge=1, le=2000)] = 100) -> MediaListOut:
    return MediaListOut(media=[MediaOut.of(each) for each in port.sent_media()[:limit]])


@router.get("/media/{media_id}/picture", summary="JPEG of a photo, or of the first picture of a video", **JPEG)
def picture(port: PortOf, media_id: str) -> Response:
    """Encoded anew, without what a camera wrote beside the picture; faces are hidden in it as in live pictures."""
    data = port.report_picture(media_id)
    if data is None:
        raise NotFound(f"There is no picture of {media_id[:80]!r}.")
    return Response(data, media_type="image/jpeg")


@router.get("/media/{media_id}", summary="What is known of one")
def one(port: PortOf, media_id: str) -> MediaOut:
    return MediaOut.of(port.sent_medium(media_id))


@router.delete("/media/{media_id}", status_code=204, summary="Delete the file; for administrators, kept in the audit")
def remove(port: PortOf, media_id: str) -> None:
    """Reports that name it stay, with what they kept of it for being compared, which is no picture."""
    port.remove_medium(media_id)


async def looked(port: LocalPort, media_ids: Sequence[str]) -> Looked:
    """What a report's media look like, as far as that is known within `PATIENCE_S`. On the network loop; takes no thread while it waits."""
    begun = [asyncio.wrap_future(each) for each in port.begin_looks(media_ids)]
    if begun:
        _, late = await asyncio.wait(begun, timeout=PATIENCE_S)
        for each in late:
            each.cancel()  # of waiting here: what is looked at goes on
    return port.looked(media_ids)
