"""`/api/v1/gestures`: gestures taught by programs, with the reference's names."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import optional_iso
from engine.model.errors import InputError, NotFound
from engine.model.people.commands import RemoveGesture, TeachGesture
from engine.model.people.gesture import GESTURE_LABEL_LENGTH, GestureMode
from engine.model.people.view import GestureView
from engine.model.time import to_iso
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1/gestures", tags=["gestures"])
_FIELDS = {"data": "pose_sequence_b64", "takes": "pose_sequence_b64"}


class TeachIn(BaseModel):
    label: Annotated[str, Field(min_length=1, max_length=GESTURE_LABEL_LENGTH, description="no other gesture may have it")]
    pose_sequence_b64: Annotated[
        str,
        Field(
            min_length=1,
            description="base64 of one performance of 0.4 to 4 s at 30 frames a second: an .npy file without pickle of shape"
            " (frames, 33, 3) or (frames, 99), or the same as raw little-endian float32. Landmarks are those of MediaPipe Pose, in pixels"
            " or any other unit that is the same in x, y and z.",
        ),
    ]
    num_frames: Annotated[int, Field(description="how many frames the sequence has, at least 30")]
    created_by: Annotated[str, Field(max_length=200, description="left out: who is signed in")] = ""


class GestureOut(BaseModel):
    id: str
    label: str
    mode: str = Field(description="`off`, `shadow` (runs, and only counts what it would have raised) or `armed`")
    takes: int = Field(description="how many performances it was learned from")
    duration_s: float = Field(description="of its performances, seconds")
    threshold: float = Field(description="distance up to which a movement counts; there the confidence is 0.70")
    created: str
    created_by: str
    usage_count: int = Field(description="performances seen")
    shadow_count: int = Field(description="performances seen in shadow mode")
    last_seen: str | None

    @classmethod
    def of(cls, gesture: GestureView) -> "GestureOut":
        return cls(
            id=gesture.id,
            label=gesture.label,
            mode=gesture.mode.value,
            takes=gesture.takes,
            duration_s=round(gesture.lasts_s, 3),
            threshold=gesture.threshold,
            created=to_iso(gesture.created_ns),
            created_by=gesture.created_by,
            usage_count=gesture.fired,
            shadow_count=gesture.shadow_fired,
            last_seen=optional_iso(gesture.last_seen_ns),
        )


class Taught(GestureOut):
    """The gesture, whole within `gesture` as clients of the reference expect it, and its fields beside."""

    status: str = Field(description="`success`")
    message: str
    gesture: GestureOut

    @classmethod
    def with_message(cls, gesture: GestureOut) -> "Taught":
        message = f"The gesture {gesture.label} was taught."
        return cls(**gesture.model_dump(), status="success", message=message, gesture=gesture)


class GestureSummary(BaseModel):
    total: int
    armed: int
    shadow: int
    off: int
    usage_count: int
    shadow_count: int
    most_used: str | None = Field(description="its label; null while none was seen")
    last_seen: str | None

    @classmethod
    def of(cls, gestures: tuple[GestureView, ...]) -> "GestureSummary":
        modes = [gesture.mode for gesture in gestures]
        used = [gesture for gesture in gestures if gesture.fired]
        seen_ns = [gesture.last_seen_ns for gesture in gestures if gesture.last_seen_ns is not None]
        return cls(
            total=len(gestures),
            armed=modes.count(GestureMode.ARMED),
            shadow=modes.count(GestureMode.SHADOW),
            off=modes.count(GestureMode.OFF),
            usage_count=sum(gesture.fired for gesture in gestures),
            shadow_count=sum(gesture.shadow_fired for gesture in gestures),
            most_used=max(used, key=lambda gesture: gesture.fired).label if used else None,
            last_seen=optional_iso(max(seen_ns, default=None)),
        )


@router.post("/teach", status_code=201, summary="Teach a gesture from one performance; it is armed at once")
def teach(port: PortOf, body: TeachIn) -> Taught:
    command = TeachGesture(body.label, data=body.pose_sequence_b64, num_frames=body.num_frames, created_by=body.created_by)
    try:
        made = port.command(command)
    except InputError as error:
        raise InputError(_FIELDS.get(error.field, error.field), error.message) from None
    return Taught.with_message(_gesture_by_id(port, made))


@router.get("", summary="Gestures, how often and when each was seen")
def gestures(port: PortOf) -> list[GestureOut]:
    return [GestureOut.of(gesture) for gesture in port.snapshot().people.gestures]


@router.get("/stats/summary", summary="All gestures in a few figures")
def summary(port: PortOf) -> GestureSummary:
    return GestureSummary.of(port.snapshot().people.gestures)


@router.delete("/{gesture_id}", status_code=204, summary="Forget a gesture; its events stay")
def remove(port: PortOf, gesture_id: str) -> None:
    port.command(RemoveGesture(gesture_id))


def _gesture_by_id(port: LocalPort, gesture_id: str) -> GestureOut:
    for gesture in port.snapshot().people.gestures:
        if gesture.id == gesture_id:
            return GestureOut.of(gesture)
    raise NotFound(f"Gesture {gesture_id} was removed meanwhile.")
