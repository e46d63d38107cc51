"""`/api/v1/replay`: the record through the same pipeline again, over HTTP."""

from typing import Any

from fastapi import APIRouter, Response

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.record import iso_time
from engine.gateway.history.replay_schemas import ChangeIn, DifferenceOut, JobOut, MoveIn, ReplayIn, ReplayOut, ReplayPictureOut, ReplaysOut
from engine.gateway.reference.blobs import blob_out, shown_blobs
from engine.gateway.schemas import SnapshotOut
from engine.model import wire
from engine.model.history.replay import (
    ApplyReplay,
    ChangeReplay,
    GetDifference,
    GetReplay,
    ListReplays,
    MoveReplay,
    ReplaySettings,
    StartReplay,
    StopReplay,
)
from engine.model.snapshot import Snapshot
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1/replay", tags=["replay"])


@router.post("", status_code=201, summary="Begin a replay, paused at the beginning of its window")
def start(port: PortOf, body: ReplayIn) -> ReplayOut:
    since_ns, until_ns = iso_time("since", body.since), iso_time("until", body.until)
    return _replay_out(port, port.command(StartReplay(since_ns, until_ns, read_settings(body.settings))))


@router.get("", summary="Your own replays")
def replays(port: PortOf) -> ReplaysOut:
    return ReplaysOut(replays=[ReplayOut.of(told) for told in port.ask(ListReplays())])


@router.get("/{replay_id}", summary="How far a replay is")
def replay(port: PortOf, replay_id: str) -> ReplayOut:
    return _replay_out(port, replay_id)


@router.get("/{replay_id}/picture", summary="What was on screen at its moment")
def picture(port: PortOf, replay_id: str) -> ReplayPictureOut:
    answer = port.ask(GetReplay(replay_id, picture=True))
    shown = answer.picture
    return ReplayPictureOut(
        replay=ReplayOut.of(answer.session), snapshot=None if shown is None else SnapshotOut.of(shown), blobs=replayed_blobs(shown)
    )


@router.post("/{replay_id}/move", summary="Seek, play, pause, change speed")
def move(port: PortOf, replay_id: str, body: MoveIn) -> ReplayOut:
    seek_ns = None if body.seek is None else iso_time("seek", body.seek)
    port.command(MoveReplay(replay_id, seek_ns, body.playing, body.speed))
    return _replay_out(port, replay_id)


@router.post("/{replay_id}/change", status_code=202, summary="Try other settings on its window, in a job; it goes on with them")
def change(port: PortOf, replay_id: str, body: ChangeIn) -> JobOut:
    return JobOut(job_id=port.command(ChangeReplay(replay_id, read_settings(body.settings))))


@router.get("/{replay_id}/difference", summary="What the other settings gained and lost, once the job has ended")
def difference(port: PortOf, replay_id: str) -> DifferenceOut:
    found = port.ask(GetDifference(replay_id))
    return DifferenceOut.of(found)


@router.post("/{replay_id}/apply", summary="Put its settings in force; the audit keeps the difference they made")
def apply(port: PortOf, replay_id: str) -> ReplayOut:
    return _replay_out(port, port.command(ApplyReplay(replay_id)))


@router.delete("/{replay_id}", status_code=204, summary="Stop a replay")
def stop(port: PortOf, replay_id: str) -> Response:
    port.command(StopReplay(replay_id))
    return Response(status_code=204)


def read_settings(plain: dict[str, Any]) -> ReplaySettings:
    """Raises InputError."""
    return wire.read_as(ReplaySettings, plain, "settings")


def replayed_blobs(shown: Snapshot | None) -> list[dict[str, Any]]:
    """Marked, so that nobody takes them for what is now."""
    return [] if shown is None else [blob_out(blob) | {"replay": True} for blob in shown_blobs(shown.radio)]


def _replay_out(port: LocalPort, replay_id: str) -> ReplayOut:
    return ReplayOut.of(port.ask(GetReplay(replay_id)).session)
