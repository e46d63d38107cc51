"""The engine port over HTTP, for consoles elsewhere: the model's own values as tagged JSON (engine.model.wire)."""

import math
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import WithJsonSchema

from engine.gateway.border.bearer import TokenOf
from engine.gateway.border.doorway import DoorOf, PortOf
from engine.gateway.history.clip_response import JPEG
from engine.gateway.live.changes import ChangesTold
from engine.gateway.live.first_pictures import codecs_of
from engine.gateway.live.replay_messages import replay_bytes
from engine.gateway.live.routes import Codecs
from engine.model import wire
from engine.model.command import Command
from engine.model.command_terms import CommandTerms
from engine.model.errors import InputError, NotFound
from engine.model.question import AnyQuestion
from engine.model.time import EVER_NS
from engine.model.vocabulary import own_vocabulary
from engine.runtime.cameras.replay_packets import MOST_PACKETS, ReplayWish

BASIS = "basis"  # beside the fields of a command
router = APIRouter(prefix="/api/v1/port", tags=["port"])

Plain = dict[str, Any]
NanosecondsQuery = Annotated[int, Query(ge=0, lt=EVER_NS)]


def tagged(union: Any) -> WithJsonSchema:
    """Tells OpenAPI which classes there are; their fields are those of engine.model."""
    names = [member.__name__ for member in get_args(union)]
    return WithJsonSchema({"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "enum": names}}})


def sound(plain: Plain) -> Plain:
    """The same data. Raises InputError where Python's JSON reader lets through what no field can hold: NaN, numbers beyond 64 bits, halves
    of characters (RFC 8259, sections 6 and 8.2)."""
    waiting: list[tuple[str, Any]] = list(plain.items())
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{field}.{name}", item) for name, item in cast("Plain", value).items()]
        elif isinstance(value, list):
            waiting += [(f"{field}[{index}]", item) for index, item in enumerate(cast("list[Any]", value))]
        elif not _fits(value):
            raise InputError(_text(field), "holds a number or character that cannot be stored")
    return plain


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return _text(value) == value
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -(1 << 63) <= value < 1 << 63


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


@router.get("/snapshot", summary="All of now; of its long lists only what is new since the answer of `mark`, where that is still known")
def snapshot(request: Request, port: PortOf, mark: str = "") -> Plain:
    told: ChangesTold = request.app.state.changes
    return told.answer(port.snapshot(), mark)


@router.get("/tally", summary="What a lock screen shows: open alerts as counts; also when the session is as old as one may become")
def tally(door: DoorOf, token: TokenOf) -> Plain:
    return wire.to_plain(door.tally(token))


@router.get("/vocabulary", summary="Which commands and questions are known, and of what they are made")
def vocabulary(port: PortOf) -> Plain:
    return wire.to_plain(own_vocabulary())


@router.post("/ask", summary="A typed question; what comes back stands under `answer`")
def ask(port: PortOf, question: Annotated[Plain, tagged(AnyQuestion), Body()]) -> Plain:
    return {"answer": wire.to_plain(port.ask(wire.from_plain(AnyQuestion, sound(question))))}


@router.post("/command", summary="Something to do")
def command(port: PortOf, command: Annotated[Plain, tagged(Command), Body()]) -> dict[str, str]:
    """Beside the command's fields `basis`: what it was made from, see `CommandTerms`."""
    given = sound(command)
    basis = given.pop(BASIS, None)
    if basis is not None and not isinstance(basis, dict):
        raise InputError(BASIS, "is no object")
    return {"id": port.command(wire.from_plain(Command, given), CommandTerms(basis=cast("Plain | None", basis)))}


@router.get(
    "/replay/{camera_id}",
    summary="The last seconds of a camera as its own packets, for consoles that decode them; or why there are none",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def replay(
    port: PortOf,
    camera_id: str,
    at_ns: NanosecondsQuery,
    packets: Annotated[int, Query(ge=1, le=MOST_PACKETS)] = 1,
    codecs: Codecs = "",
    after_ns: NanosecondsQuery | None = None,
) -> Response:
    """Its form: `engine/gateway/live/replay_messages.py`."""
    found = port.replay_packets(ReplayWish(camera_id, at_ns, packets, codecs_of(codecs), after_ns))
    return Response(replay_bytes(camera_id, found), media_type="application/octet-stream")


@router.get("/jobs/{job_id}/picture", summary="JPEG that a camera test got", **JPEG)
def job_picture(port: PortOf, job_id: str) -> Response:
    data = port.job_picture(job_id)
    if data is None:
        raise NotFound(f"There is no picture of job {job_id}.")
    return Response(data, media_type="image/jpeg")


@router.get("/faces/{face_id}/picture", summary="JPEG of a face that was learned", **JPEG)
def face_photo(port: PortOf, face_id: str) -> Response:
    data = port.face_photo(face_id)
    if data is None:
        raise NotFound(f"There is no picture of face {face_id}.")
    return Response(data, media_type="image/jpeg")
