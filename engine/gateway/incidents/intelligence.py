"""What Atlas and this machine make of places and media, for programs: under `/api/v1`, and under the names that Atlas's clients know."""

from functools import partial
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, File, Query, Request, UploadFile

from engine.gateway.border.doorway import PortOf
from engine.gateway.incidents.intelligence_schemas import AiHealthOut, AnalysisOut, CategoryOut, PatternsOut
from engine.gateway.schemas import Problem
from engine.model.incidents.incident import IncidentCategory
from engine.model.question import AskPatterns
from engine.runtime.local import LocalPort

router = APIRouter(tags=["intelligence"])
LOOKS_AT_ONCE = 2  # each may hold a video of 50 MiB, and the detector
API = "/api/v1"
Upload = Annotated[UploadFile, File(description="judged by its content; its name is not looked at")]
REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "the file is empty"},
    413: {"model": Problem, "description": "photo 10 MiB, video 50 MiB, audio 5 MiB at most"},
    415: {"model": Problem, "description": "photo: JPEG or PNG; video: MP4, QuickTime or AVI; audio: WAV, MP3 or MPEG-4"},
}


@router.get(f"{API}/intelligence/patterns", summary="What happens again and again around a place; not knowing is not the same as none")
@router.get("/intelligence/patterns", summary="The same, under Atlas's name for it", operation_id="patterns_atlas")
def patterns(
    port: PortOf,
    lat: Annotated[float, Query(ge=-90, le=90)],
    lon: Annotated[float, Query(ge=-180, le=180)],
    radius_km: Annotated[float, Query(gt=0, le=100)] = 5.0,
    threat_types: Annotated[list[IncidentCategory] | None, Query(description="left out: all")] = None,
) -> PatternsOut:
    return PatternsOut.of(port.ask(AskPatterns(lat, lon, radius_km, tuple(threat_types or ()))))


@router.post(f"{API}/analyze/photo", summary="What is to be seen in a photo", responses=REFUSED)
@router.post("/analyze/photo", summary="The same, under its short name", responses=REFUSED, operation_id="photo_short")
async def photo(request: Request, port: PortOf, file: Upload) -> AnalysisOut:
    return await _analysed(request, port, "photo", file)


@router.post(f"{API}/analyze/video", summary="What is to be seen in a video's first seconds", responses=REFUSED)
@router.post("/analyze/video", summary="The same, under its short name", responses=REFUSED, operation_id="video_short")
async def video(request: Request, port: PortOf, file: Upload) -> AnalysisOut:
    return await _analysed(request, port, "video", file)


@router.post(f"{API}/analyze/audio", summary="What is to be heard in a sound's first minute", responses=REFUSED)
@router.post("/analyze/audio", summary="The same, under its short name", responses=REFUSED, operation_id="audio_short")
async def audio(request: Request, port: PortOf, file: Upload) -> AnalysisOut:
    return await _analysed(request, port, "audio", file)


@router.get(f"{API}/ai/health", summary="How Atlas does, and what this machine looks with where Atlas does not answer")
def health(port: PortOf) -> AiHealthOut:
    return AiHealthOut.of(port.snapshot())


@router.get(f"{API}/ai/categories", summary="Categories of incidents, with the names that others have for them")
def categories(port: PortOf) -> list[CategoryOut]:
    return [CategoryOut.of(category) for category in IncidentCategory]


async def _analysed(request: Request, port: LocalPort, kind: Literal["photo", "video", "audio"], file: UploadFile) -> AnalysisOut:
    data = await file.read()
    limiter: anyio.CapacityLimiter = request.app.state.looks
    return AnalysisOut.of(await anyio.to_thread.run_sync(partial(port.analyse, kind, data), limiter=limiter))
