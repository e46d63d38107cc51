"""`/report`: the page, what it shows of the site, and the reports that it sends.

A link's token comes in the header `Authorization: ReportLink …`, and opens nothing else: it is no session.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, File, Form, Header, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security.http import HTTPBase
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import DoorOf
from engine.gateway.border.shown_token import LINK, link_token
from engine.gateway.incidents.report_queue import ReportQueue
from engine.gateway.incidents.routes import KeyOf, file_key_error, report_time
from engine.gateway.problem import problem, retry_after
from engine.gateway.report_page import page as pages
from engine.gateway.report_page.limits import ReportLimits
from engine.incidents.atlas.media import TOO_LARGE, MediaRefused
from engine.model.base_map.surroundings import REACH_M, Surroundings, surroundings
from engine.model.base_map.world import ATTRIBUTION
from engine.model.errors import EnvironmentFault, InputError
from engine.model.incidents.filing import report_number
from engine.model.incidents.incident import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION, Filed, IncidentCategory
from engine.model.incidents.report_page import LONGEST_PLACE, MOST_PICTURES, ReportLink
from engine.model.plain_text import without_control
from engine.runtime.incidents.report_looks import PATIENCE_S
from engine.runtime.incidents.reporting import IncomingReport
from engine.runtime.maps.streets import REACH_M as STREETS_REACH_M
from engine.runtime.maps.streets import Streets
from engine.runtime.report_page.report_page_side import PageSite, ReportPageSide

router = APIRouter(prefix="/report", tags=["report page"])
_SHOWN = HTTPBase(scheme=LINK, scheme_name="ReportLink", auto_error=False, description="the token of a link to the report page")
LARGEST_PICTURE = 6 << 20  # the page makes them smaller before it sends them


async def _side(door: DoorOf) -> ReportPageSide:
    """Raises NotFound where the page is switched off, LeftOut."""
    side = door.report_page
    _ = side.settings
    return side


SideOf = Annotated[ReportPageSide, Depends(_side)]


async def _link(side: SideOf, request: Request, _: Annotated[object, Depends(_SHOWN)]) -> ReportLink:
    """Raises NotSignedIn."""
    return side.links.link(link_token(request.headers))


LinkOf = Annotated[ReportLink, Depends(_link)]


class SiteOut(BaseModel):
    """What the page shows of the site."""

    name: str
    latitude: float | None = Field(description="null: it is not known where the site is")
    longitude: float | None
    time_zone: str = Field(description="IANA name")
    site_radius_m: float = Field(description="accuracy of a place in words only")
    most_pictures: int
    keep_days: float = Field(description="how long reports are kept")
    keep_pictures_days: float
    kinds: list[IncidentCategory]
    shortest: int = Field(description="characters of a description")
    longest: int

    @classmethod
    def of(cls, site: PageSite) -> "SiteOut":
        return cls(
            name=site.name,
            latitude=site.latitude,
            longitude=site.longitude,
            time_zone=site.time_zone,
            site_radius_m=site.site_radius_m,
            most_pictures=site.most_pictures,
            keep_days=site.keep_days,
            keep_pictures_days=site.keep_pictures_days,
            kinds=list(IncidentCategory),
            shortest=SHORTEST_DESCRIPTION,
            longest=LONGEST_DESCRIPTION,
        )


class TownOut(BaseModel):
    name: str
    east_m: int
    north_m: int


class StreetOut(BaseModel):
    rank: int = Field(description="0 a motorway, 1 a main road, 2 a street, 3 a path")
    line: tuple[int, ...]


class StreetNameOut(BaseModel):
    name: str
    rank: int
    east_m: int
    north_m: int


class MapOut(BaseModel):
    """Rings and lines as east, north, east, north…, in metres from the site. Empty where it is not known where the site is. Streets are
    there where the site has a map file with vector tiles."""

    land: list[tuple[int, ...]] = []
    borders: list[tuple[int, ...]] = []
    towns: list[TownOut] = []
    streets: list[StreetOut] = []
    street_names: list[StreetNameOut] = []
    streets_reach_m: float = Field(default=STREETS_REACH_M, description="to each side of the site; beyond that no streets are known")
    streets_attribution: str = ""
    reach_m: float = Field(default=REACH_M, description="to each side of the site; beyond that nothing is known")
    attribution: str = ATTRIBUTION

    @classmethod
    def of(cls, found: Surroundings, streets: Streets) -> "MapOut":
        return cls(
            land=list(found.land),
            borders=list(found.borders),
            towns=[TownOut(name=town.name, east_m=town.east_m, north_m=town.north_m) for town in found.towns],
            streets=[StreetOut(rank=street.rank, line=street.line) for street in streets.streets],
            street_names=[StreetNameOut(name=n.name, rank=n.rank, east_m=n.east_m, north_m=n.north_m) for n in streets.names],
            streets_attribution=streets.attribution,
        )


class PageReportOut(BaseModel):
    number: str = Field(description="to be quoted")
    again: bool = Field(description="it was filed before, with the same key")


@router.get("", response_class=HTMLResponse, include_in_schema=False)
async def page(_: SideOf, accept_language: Annotated[str, Header()] = "") -> HTMLResponse:
    headers = {**pages.HEADERS, "Vary": "Accept-Language"}
    return HTMLResponse(pages.page(pages.preferred(accept_language)), headers=headers)


@router.get("/parts/{name}", include_in_schema=False)
async def part(_: SideOf, name: str) -> Response:
    kind = pages.PARTS.get(name)
    if kind is None:
        return problem(404, "There is no such file.")
    return Response(pages.part(name), media_type=kind, headers={**pages.HEADERS, "Cache-Control": "no-cache"})


@router.get("/words/{language}", include_in_schema=False)
async def words(_: SideOf, language: str) -> JSONResponse:
    said = pages.words().get(language)
    return problem(404, "There is no such language.") if said is None else JSONResponse(said, headers=pages.HEADERS)


@router.get("/site", summary="What the page shows of the site; for who has a link")
async def site(side: SideOf, _: LinkOf) -> SiteOut:
    return SiteOut.of(side.site())


@router.get("/map", summary="Coast lines, borders, towns and streets around the site; for who has a link")
async def base_map(side: SideOf, _: LinkOf) -> MapOut:
    """Of the open data that comes with Watchroom, and streets of the site's map file; nothing that was drawn at the site."""
    at = side.site()
    if at.latitude is None or at.longitude is None:
        return MapOut()
    around = await anyio.to_thread.run_sync(surroundings, at.latitude, at.longitude)
    return MapOut.of(around, await anyio.to_thread.run_sync(side.streets))


@router.post(
    "/reports",
    status_code=201,
    summary="Report from the page; kept for good when this answers",
    responses={200: {"model": PageReportOut, "description": "it was filed before, with the same key"}},
)
async def report(
    request: Request,
    side: SideOf,
    link: LinkOf,
    description: Annotated[str, Form(max_length=2 * LONGEST_DESCRIPTION)],
    phone: Annotated[str, Form(min_length=8, max_length=64, pattern=r"^[\x21-\x7e]+$", description="random, made up by the page")],
    idempotency_key: KeyOf = None,
    kind: Annotated[IncidentCategory, Form()] = IncidentCategory.OTHER,
    latitude: Annotated[float | None, Form(ge=-90, le=90)] = None,
    longitude: Annotated[float | None, Form(ge=-180, le=180)] = None,
    accuracy_m: Annotated[float, Form(ge=0, le=100_000)] = 0.0,
    place: Annotated[str, Form(max_length=LONGEST_PLACE, description="in words")] = "",
    occurred_at: Annotated[str, Form(max_length=60, description="ISO-8601 with zone; empty: now")] = "",
    language: Annotated[str, Form(max_length=10)] = pages.FIRST_LANGUAGE,
    pictures: Annotated[list[UploadFile] | None, File(description="JPEG or PNG, at most four of 6 MiB")] = None,
) -> Response:
    """Without `latitude` and `longitude` it is placed at the site, as exact as the site's radius; then `place` has to say where."""
    address = str(request.client.host if request.client is not None else "?")
    wait_s = _limits(request).wait_s(side.settings, link.id, address, phone)
    if wait_s:
        side.links.count(link.id, refused=1)
        return problem(429, "Too many reports have come from this phone, from this network, or over this link.", None, retry_after(wait_s))
    words = place_line(without_control(place), language)
    where = _where(side.site(), latitude, longitude, accuracy_m, bool(words))
    text = _with_place(without_control(description), words)
    said = IncomingReport(kind, text, where[0], where[1], report_time(occurred_at) if occurred_at else None, accuracy_m=where[2])
    said = replace(said, device_id=phone, key=idempotency_key or "")
    try:
        media = await _sent(request, side, link, pictures or [])
        filed = await _filed(request, side, link, replace(said, media=media))
    except (InputError, EnvironmentFault):
        side.links.count(link.id, refused=1)
        raise
    side.links.count(link.id, filed=0 if filed.again else 1)
    answer = PageReportOut(number=report_number(filed.report.id), again=filed.again)
    return JSONResponse(answer.model_dump(), 200 if filed.again else 201)


def _limits(request: Request) -> ReportLimits:
    return request.app.state.report_limits


def place_line(place: str, language: str) -> str:
    """The place as a line of the report's text, in the reporter's language; empty where none was given."""
    said = pages.words().get(language) or pages.words()[pages.FIRST_LANGUAGE]
    return f"{said['place_in_report']}: {' '.join(place.split())}" if place.strip() else ""


def _with_place(description: str, line: str) -> str:
    """Raises InputError. The reporter's own words are counted."""
    length = len(description.strip())
    if not SHORTEST_DESCRIPTION <= length <= LONGEST_DESCRIPTION - LONGEST_PLACE:
        most = LONGEST_DESCRIPTION - LONGEST_PLACE
        raise InputError("description", f"has {length} characters; {SHORTEST_DESCRIPTION} to {most} are needed")
    return f"{description.strip()}\n{line}" if line else description.strip()


def _where(at: PageSite, latitude: float | None, longitude: float | None, accuracy_m: float, has_words: bool) -> tuple[float, float, float]:
    """Latitude, longitude, accuracy in metres. Raises InputError (`place`)."""
    if latitude is not None and longitude is not None:
        return latitude, longitude, accuracy_m
    if at.latitude is None or at.longitude is None:
        raise InputError("place", "is needed: the position of the phone")
    if not has_words:
        raise InputError("place", "is needed: the position of the phone, a place on the map, or words")
    return at.latitude, at.longitude, at.site_radius_m


async def _sent(request: Request, side: ReportPageSide, link: ReportLink, pictures: Sequence[UploadFile]) -> tuple[str, ...]:
    """Ids of the pictures, which are kept. Raises InputError, EnvironmentFault."""
    most = MOST_PICTURES if side.settings.pictures else 0
    if len(pictures) > most:
        raise InputError("pictures", f"are {len(pictures)}; at most {most} are taken")
    limiter: anyio.CapacityLimiter = request.app.state.looks
    ids: list[str] = []
    for each in pictures:
        data = await each.read()
        if len(data) > LARGEST_PICTURE:
            raise MediaRefused(TOO_LARGE, f"has {len(data) / (1 << 20):.1f} MiB; a picture may have {LARGEST_PICTURE >> 20}")
        ids.append((await anyio.to_thread.run_sync(partial(side.send_picture, data, link), limiter=limiter)).id)
    return tuple(dict.fromkeys(ids))


async def _filed(request: Request, side: ReportPageSide, link: ReportLink, said: IncomingReport) -> Filed:
    """Raises InputError, EnvironmentFault."""
    if said.media:
        begun = [asyncio.wrap_future(each) for each in side.begin_looks(said.media, link)]
        if begun:
            await asyncio.wait(begun, timeout=PATIENCE_S)
        said = replace(said, looked=side.looked(said.media, link))
    queue: ReportQueue = request.app.state.reports
    try:
        return await queue.wait(partial[Any](side.file, said, link))
    except InputError as error:
        raise file_key_error(error) from None
