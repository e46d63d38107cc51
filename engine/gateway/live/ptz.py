"""`/api/v1/cameras/{camera_id}/ptz`: how a PTZ camera stands, and its steering; `…/outputs` and `…/talk`."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import Problem
from engine.model.errors import NotFound
from engine.model.ptz.commands import (
    LONGEST_NAME,
    LONGEST_TALK,
    AdjustLens,
    CentreCamera,
    GoHome,
    GoToPreset,
    PtzCommand,
    ReleaseCamera,
    RemovePreset,
    SendTalk,
    SetHome,
    SetPreset,
    StartTour,
    SteerCamera,
    StopTour,
    SwitchOutput,
)
from engine.model.ptz.view import CameraOutput, Control, OutputAction, PtzState, PtzView
from engine.model.time import to_iso
from engine.runtime.local import LocalPort

router = APIRouter(tags=["now"])
AT = "/api/v1/cameras/{camera_id}/ptz"
STEERING: dict[int | str, dict[str, Any]] = {403: {"model": Problem}, 404: {"model": Problem}, 503: {"model": Problem}}


class ControlOut(BaseModel):
    by: str
    priority: int
    free_at: str = Field(description="unless they go on")
    taken_from: str = Field(description="who had it just before; empty: nobody")

    @classmethod
    def of(cls, control: Control | None) -> "ControlOut | None":
        if control is None:
            return None
        return cls(by=control.by, priority=control.priority, free_at=to_iso(control.until_ns), taken_from=control.taken_from)


class NamedOut(BaseModel):
    id: str
    name: str


class OutputOut(BaseModel):
    id: str
    name: str
    pulse: bool = Field(description="goes off by itself")
    active: bool | None = Field(description="null: the camera does not say")

    @classmethod
    def of(cls, output: CameraOutput) -> "OutputOut":
        return cls(id=output.token, name=output.name, pulse=output.pulse, active=output.active)


class PositionOut(BaseModel):
    pan: float
    tilt: float
    zoom: float


class PtzOut(BaseModel):
    state: PtzState
    trouble: str = Field(description="a sentence; empty: all is well")
    can: list[str] = Field(description="what the camera says it can: pan_tilt, zoom, centre, home, presets, focus, talk …")
    presets: list[NamedOut]
    tours: list[NamedOut]
    outputs: list[OutputOut]
    control: ControlOut | None = Field(description="null: nobody steers")
    talk: ControlOut | None = Field(description="null: nobody talks")
    moving: bool
    away: bool = Field(description="not at its home position: zones and lines are not evaluated")
    moved_by: str = Field(description="who steered it last while it is away; empty: nobody since the engine started")
    tour: str = Field(description="id of the one that runs; empty: none")
    tour_paused: bool
    position: PositionOut | None = Field(description="in the camera's own spaces; null: it does not say")

    @classmethod
    def of(cls, view: PtzView) -> "PtzOut":
        at = view.position
        return cls(
            state=view.state,
            trouble=view.trouble,
            can=[name for name in view.can.__slots__ if getattr(view.can, name)],
            presets=[NamedOut(id=each.token, name=each.name) for each in view.presets],
            tours=[NamedOut(id=each.id, name=each.name) for each in view.tours],
            outputs=[OutputOut.of(each) for each in view.outputs],
            control=ControlOut.of(view.control),
            talk=ControlOut.of(view.talk),
            moving=view.moving,
            away=view.away,
            moved_by=view.moved_by,
            tour=view.tour_id,
            tour_paused=view.tour_paused,
            position=None if at is None else PositionOut(pan=at.pan, tilt=at.tilt, zoom=at.zoom),
        )


class MoveIn(BaseModel):
    """Shares of the top speed; right, up and in are positive. All 0 stops."""

    model_config = ConfigDict(extra="forbid")
    pan: float = Field(default=0.0, ge=-1, le=1)
    tilt: float = Field(default=0.0, ge=-1, le=1)
    zoom: float = Field(default=0.0, ge=-1, le=1)


class PointIn(BaseModel):
    """Shares of the picture, from the top left."""

    model_config = ConfigDict(extra="forbid")
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class LensIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    focus: float = Field(default=0.0, ge=-1, le=1, description="speed; 0 stops it")
    autofocus: bool | None = None
    iris: float | None = Field(default=None, ge=0, le=1, description="0 is closed, 1 open")
    auto_iris: bool = Field(default=False, description="the camera sets it by itself again")


class PresetIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    replaces: str = Field(default="", max_length=LONGEST_NAME, description="id of the preset to replace; empty: a new one")


class PresetMade(BaseModel):
    id: str


class TourIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    tour: str = Field(min_length=1, max_length=200)


class OutputIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    action: OutputAction


class TalkIn(BaseModel):
    """G.711 µ-law, 8 kHz, as base64; empty ends it."""

    model_config = ConfigDict(extra="forbid")
    sound: str = Field(max_length=LONGEST_TALK)


@router.get(AT, summary="What a PTZ camera can, who steers it, and where it is")
def ptz(port: PortOf, camera_id: str) -> PtzOut:
    snapshot = port.snapshot()
    if snapshot.settings.camera(camera_id) is None:
        raise NotFound(f"There is no camera {camera_id[:70]}.")
    view = snapshot.ptz_of(camera_id)
    if view is None:
        raise NotFound(f"Camera {camera_id[:70]} has no ONVIF address, or is switched off.")
    return PtzOut.of(view)


@router.post(f"{AT}/move", status_code=204, summary="Move, or stop", responses=STEERING)
def move(port: PortOf, camera_id: str, body: MoveIn) -> None:
    """Without another call within a second the engine stops the camera. 503 with a sentence while somebody else steers."""
    _do(port, SteerCamera(camera_id, body.pan, body.tilt, body.zoom))


@router.post(f"{AT}/centre", status_code=204, summary="Bring a point of the picture to its middle", responses=STEERING)
def centre(port: PortOf, camera_id: str, body: PointIn) -> None:
    _do(port, CentreCamera(camera_id, body.x, body.y))


@router.post(f"{AT}/lens", status_code=204, summary="Focus and iris", responses=STEERING)
def lens(port: PortOf, camera_id: str, body: LensIn) -> None:
    _do(port, AdjustLens(camera_id, body.focus, body.autofocus, body.iris, body.auto_iris))


@router.post(f"{AT}/home", status_code=204, summary="Go to the home position", responses=STEERING)
def go_home(port: PortOf, camera_id: str) -> None:
    _do(port, GoHome(camera_id))


@router.put(f"{AT}/home", status_code=204, summary="Make where it looks now its home position", responses=STEERING)
def set_home(port: PortOf, camera_id: str) -> None:
    """For administrators. Zones and privacy areas are those of this picture from now on."""
    _do(port, SetHome(camera_id))


@router.post(f"{AT}/release", status_code=204, summary="Leave the camera to others at once", responses=STEERING)
def release(port: PortOf, camera_id: str) -> None:
    _do(port, ReleaseCamera(camera_id))


@router.post(f"{AT}/presets/{{preset}}", status_code=204, summary="Go to a preset", responses=STEERING)
def go_to_preset(port: PortOf, camera_id: str, preset: str) -> None:
    _do(port, GoToPreset(camera_id, preset))


@router.post(f"{AT}/presets", summary="Keep where it looks now as a preset", responses=STEERING)
def set_preset(port: PortOf, camera_id: str, body: PresetIn) -> PresetMade:
    """For administrators."""
    return PresetMade(id=_do(port, SetPreset(camera_id, body.name, body.replaces)))


@router.delete(f"{AT}/presets/{{preset}}", status_code=204, summary="Remove a preset", responses=STEERING)
def remove_preset(port: PortOf, camera_id: str, preset: str) -> None:
    """For administrators."""
    _do(port, RemovePreset(camera_id, preset))


@router.put(f"{AT}/tour", status_code=204, summary="Start a tour", responses=STEERING)
def start_tour(port: PortOf, camera_id: str, body: TourIn) -> None:
    _do(port, StartTour(camera_id, body.tour))


@router.delete(f"{AT}/tour", status_code=204, summary="Stop the tour that runs", responses=STEERING)
def stop_tour(port: PortOf, camera_id: str) -> None:
    _do(port, StopTour(camera_id))


@router.post("/api/v1/cameras/{camera_id}/outputs/{output}", status_code=204, summary="Switch an output of a camera", responses=STEERING)
def switch_output(port: PortOf, camera_id: str, output: str, body: OutputIn) -> None:
    _do(port, SwitchOutput(camera_id, output, body.action))


@router.post("/api/v1/cameras/{camera_id}/talk", status_code=204, summary="Send a piece of sound to a camera", responses=STEERING)
def talk(port: PortOf, camera_id: str, body: TalkIn) -> None:
    """At most 0.38 s at once. Talk ends when no more comes for a second."""
    _do(port, SendTalk(camera_id, body.sound))


def _do(port: LocalPort, command: PtzCommand) -> str:
    return port.command(command)
