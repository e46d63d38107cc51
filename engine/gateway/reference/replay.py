"""`/api/replay/…`: replays with the reference's names. Times are milliseconds since 1970; blobs carry `replay: true`."""

import time
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.gateway.history.record import iso_query, iso_time
from engine.gateway.history.replay_routes import replayed_blobs
from engine.gateway.reference.access import Reader
from engine.model.errors import InputError
from engine.model.history.replay import (
    FASTEST,
    SLOWEST,
    GetReplay,
    ListReplays,
    MoveReplay,
    ReplaySession,
    ReplayState,
    StartReplay,
    StopReplay,
)
from engine.model.snapshot import Snapshot
from engine.model.time import EVER_NS, MILLISECOND
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/replay", tags=["reference"])
THERE_S = 1.5  # a seek answers within two seconds, also where it is not there yet
BEGUN_S = 15.0  # a replay is at its beginning when the start answers, but where the machine is very busy
_LOOK_S = 0.02
NOW = EVER_NS  # the engine takes what is later than now for now


class StartIn(BaseModel):
    """`to_iso8601` empty: until now."""

    from_iso8601: str = Field(max_length=60)
    to_iso8601: str = Field(default="", max_length=60)
    speed: float = Field(default=1.0, ge=SLOWEST, le=FASTEST)


class SessionIn(BaseModel):
    session_id: str = Field(max_length=80)


class SeekIn(SessionIn):
    timestamp_iso8601: str = Field(default="", max_length=60)
    timestamp_ms: int | None = Field(default=None, ge=0, lt=1 << 53)


class SpeedIn(SessionIn):
    speed: float = Field(ge=SLOWEST, le=FASTEST)


class StateIn(SessionIn):
    state: Literal["playing", "paused"]


@router.get("/sessions", summary="What can be replayed, and the replays that run")
def sessions(port: Reader) -> dict[str, Any]:
    return {"sessions": [_session(told) for told in port.ask(ListReplays())]}


@router.post("/start", summary="Begin a replay, paused at its beginning")
def start(port: Reader, body: StartIn) -> dict[str, Any]:
    until_ns = iso_query("to_iso8601", body.to_iso8601 or None)
    since_ns = iso_time("from_iso8601", body.from_iso8601)
    try:
        replay_id = port.command(StartReplay(since_ns, NOW if until_ns is None else until_ns))
    except InputError as error:
        raise InputError({"since": "from_iso8601", "until": "to_iso8601"}.get(error.field, error.field), error.message) from None
    port.command(MoveReplay(replay_id, speed=body.speed))
    told = _wait(port, replay_id, BEGUN_S)
    return {"session_id": replay_id, "from_ms": told.since_ns // MILLISECOND, "to_ms": told.until_ns // MILLISECOND} | {
        "speed": body.speed,
        "state": "paused",
    }


@router.post("/seek", summary="Go to a moment; answers when it is there, or after 1.5 s")
def seek(port: Reader, body: SeekIn) -> dict[str, Any]:
    at_ns = None if body.timestamp_ms is None else body.timestamp_ms * MILLISECOND
    if at_ns is None:
        at_ns = iso_time("timestamp_iso8601", body.timestamp_iso8601)
    port.command(MoveReplay(body.session_id, seek_ns=at_ns, playing=False))
    there = _wait(port, body.session_id, THERE_S)
    return {"status": "seeked", "current_ms": there.at_ns // MILLISECOND, "frame_found": there.state is not ReplayState.PREPARING}


@router.post("/set-state", summary="Play or pause")
def set_state(port: Reader, body: StateIn) -> dict[str, Any]:
    port.command(MoveReplay(body.session_id, playing=body.state == "playing"))
    return {"status": "state_set", "session": body.session_id, "state": body.state}


@router.post("/play", summary="Play")
def play(port: Reader, body: SessionIn) -> dict[str, Any]:
    return set_state(port, StateIn(session_id=body.session_id, state="playing"))


@router.post("/pause", summary="Pause")
def pause(port: Reader, body: SessionIn) -> dict[str, Any]:
    return set_state(port, StateIn(session_id=body.session_id, state="paused"))


@router.post("/set-speed", summary="Play faster or slower")
@router.post("/speed", summary="Play faster or slower")
def set_speed(port: Reader, body: SpeedIn) -> dict[str, Any]:
    port.command(MoveReplay(body.session_id, speed=body.speed))
    return {"status": "speed_set", "session": body.session_id, "speed": body.speed}


@router.post("/stop", summary="Stop and forget a replay")
def stop(port: Reader, body: SessionIn) -> dict[str, Any]:
    port.command(StopReplay(body.session_id))
    return {"status": "stopped", "session": body.session_id}


@router.get("/session/{session_id}", summary="Where a replay is, and who was there at that moment")
def session(port: Reader, session_id: str) -> dict[str, Any]:
    _wait(port, session_id, THERE_S)
    answer = port.ask(GetReplay(session_id, picture=True))
    shown: Snapshot | None = answer.picture
    at_ms = answer.session.at_ns // MILLISECOND
    return _session(answer.session) | {"timestamp_ms": at_ms, "replay": True, "blobs": replayed_blobs(shown)}


def _session(told: ReplaySession) -> dict[str, Any]:
    paused = told.state in (ReplayState.PREPARING, ReplayState.ENDED)
    return {
        "session_id": told.id,
        "from_ms": told.since_ns // MILLISECOND,
        "to_ms": told.until_ns // MILLISECOND,
        "current_ms": told.at_ns // MILLISECOND,
        "speed": told.speed,
        "state": "paused" if paused else told.state.value,
        "ready": told.state is not ReplayState.PREPARING,
        "missing": list(told.missing),
    }


def _replay_session(port: LocalPort, replay_id: str) -> ReplaySession:
    return port.ask(GetReplay(replay_id)).session


def _wait(port: LocalPort, replay_id: str, seconds: float) -> ReplaySession:
    """Until it is where it is to be, but no longer than that."""
    end_s = time.monotonic() + seconds
    told = _replay_session(port, replay_id)
    while told.state is ReplayState.PREPARING and time.monotonic() < end_s:
        time.sleep(_LOOK_S)
        told = _replay_session(port, replay_id)
    return told
