"""What a hub answers over HTTP: sites that join, people who sign in, and the way through to a site."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import anyio
import anyio.to_thread
from fastapi import APIRouter, Body, Depends, FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from engine.gateway.border import turns
from engine.gateway.border.bearer import TokenOf
from engine.gateway.border.bodies import Rooms
from engine.gateway.border.buckets import Buckets
from engine.gateway.border.guards import Guard
from engine.gateway.border.knocks import KNOCKS_BURST, KNOCKS_PER_SECOND, in_turn, knock, origin_of
from engine.gateway.border.shown_token import given_token
from engine.gateway.findings import invalid
from engine.gateway.hub import lines
from engine.gateway.hub.door import HubDoor
from engine.gateway.hub.enrolment import Enrolment
from engine.gateway.hub.joining import JOIN
from engine.gateway.hub.metrics import hub_metrics_text
from engine.gateway.hub.oidc.door import OidcDoor
from engine.gateway.hub.schemas import (
    BegunOut,
    BrowserCode,
    BrowserIn,
    ChallengeOut,
    ComparisonIn,
    ComparisonOut,
    DeviceFlow,
    HubOut,
    IntentIn,
    IntentOut,
    IntentsOut,
    JoinAnswer,
    Joining,
    PairOut,
    PairsOut,
    PurposeOut,
    PurposesOut,
    Renewal,
    RenewalOut,
    SiteOut,
    SitesOut,
    VerdictIn,
    WordOut,
)
from engine.gateway.hub.template_routes import router as template_router
from engine.gateway.hub.visitors import HubDoorOf, SessionOf
from engine.gateway.problem import problem
from engine.gateway.refusals import answer, bug, error_response
from engine.gateway.remote.portal import sound, tagged
from engine.gateway.schemas import SessionOut, SignedIn, SignIn
from engine.model import wire
from engine.model.accounts.access import Session, Verb
from engine.model.alerts.intent import IntentCommand
from engine.model.errors import NotFound, PermissionDenied, WatchroomError
from engine.model.question import AnyQuestion
from engine.runtime.health.metric_families import TEXT
from engine.runtime.hub.renewal import CHALLENGE_PATH, RENEW_PATH

T = TypeVar("T")

router = APIRouter(tags=["hub"])


async def _http_refusal(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    """No such path, not that method on it, or too many requests."""
    assert isinstance(error, HTTPException)
    return await answer(connection, problem(error.status_code, str(error.detail), None, dict(error.headers or {})))


_HANDLERS: dict[type[Exception], Callable[[Any, Exception], Awaitable[Any]]] = {
    WatchroomError: error_response,
    HTTPException: _http_refusal,
    RequestValidationError: invalid,
    Exception: bug,
}


async def _oidc(door: HubDoorOf) -> OidcDoor:
    if door.oidc is None:
        raise NotFound("This hub has no identity provider. Sign in with an account of the hub.")
    return door.oidc


OidcOf = Annotated[OidcDoor, Depends(_oidc)]


@router.post(JOIN, status_code=201, summary="A site joins by its code", dependencies=[Depends(knock)])
async def join(request: Request, body: Joining) -> JoinAnswer:
    enrolment: Enrolment = request.app.state.enrolment
    return JoinAnswer(**await anyio.to_thread.run_sync(enrolment.redeem, body.code, body.key, body.spare_key))


@router.post(CHALLENGE_PATH, summary="What a site is to sign", dependencies=[Depends(knock)])
async def challenge(request: Request) -> ChallengeOut:
    enrolment: Enrolment = request.app.state.enrolment
    return ChallengeOut(challenge=enrolment.challenge())


@router.post(RENEW_PATH, summary="A site whose claims have ended gets new ones by its key", dependencies=[Depends(knock)])
async def renew(request: Request, body: Renewal) -> RenewalOut:
    enrolment: Enrolment = request.app.state.enrolment
    claims = await anyio.to_thread.run_sync(enrolment.renew_proved, body.site, body.key, body.challenge, body.proof)
    return RenewalOut(claims=claims)


@router.get("/api/v1/hub", summary="That this is a hub")
async def about(request: Request) -> HubOut:
    oidc: OidcDoor | None = request.app.state.door.oidc
    if oidc is None:
        return HubOut(version=request.app.version, provider="", device_codes=False)
    return HubOut(version=request.app.version, provider=oidc.name, device_codes=oidc.device_codes)


@router.post("/api/v1/session", summary="Sign in", dependencies=[Depends(knock)])
async def sign_in(request: Request, door: HubDoorOf, body: SignIn) -> SignedIn:
    def signed_in() -> SignedIn:
        return _signed_in(*door.sign_in(body.name, body.password, origin_of(request)))

    return await in_turn(request, body.name, signed_in)


def _signed_in(token: str, session: Session) -> SignedIn:
    return SignedIn(token=token, **SessionOut.of(session).model_dump())


async def _asking(request: Request, work: Callable[[], T]) -> T:
    """On threads of their own: a provider that is slow keeps nobody else waiting."""
    return await anyio.to_thread.run_sync(work, limiter=request.app.state.provider_threads)


@router.post("/api/v1/session/browser", status_code=201, summary="Begin to sign in at the identity provider", dependencies=[Depends(knock)])
async def begin_browser(request: Request, oidc: OidcOf, body: BrowserIn) -> BegunOut:
    return BegunOut.of(await _asking(request, lambda: oidc.begin_browser(body.port)))


@router.post("/api/v1/session/browser/code", summary="Sign in by what the browser brought", dependencies=[Depends(knock)])
async def finish_browser(request: Request, oidc: OidcOf, body: BrowserCode) -> SignedIn:
    return _signed_in(*await _asking(request, lambda: oidc.finish_browser(body.flow, body.code, body.state, body.issuer)))


@router.post("/api/v1/session/device", status_code=201, summary="Begin to sign in with another device", dependencies=[Depends(knock)])
async def begin_device(request: Request, oidc: OidcOf) -> BegunOut:
    return BegunOut.of(await _asking(request, oidc.begin_device))


@router.post(
    "/api/v1/session/device/code",
    summary="Sign in, once the person has at the other device",
    response_model=SignedIn,
    responses={202: {"description": "not yet"}},
    dependencies=[Depends(knock)],
)
async def finish_device(request: Request, oidc: OidcOf, body: DeviceFlow) -> SignedIn | Response:
    entered = await _asking(request, lambda: oidc.finish_device(body.flow))
    return Response(status_code=202) if entered is None else _signed_in(*entered)


@router.get("/api/v1/session", summary="Who am I")
def who_am_i(session: SessionOf) -> SessionOut:
    return SessionOut.of(session)


@router.delete("/api/v1/session", status_code=204, summary="Sign out")
def sign_out(door: HubDoorOf, token: TokenOf, session: SessionOf) -> None:
    door.sign_out(token)


@router.get("/api/v1/hub/sites", summary="The sites that this account is for")
def sites(door: HubDoorOf, session: SessionOf) -> SitesOut:
    return SitesOut(sites=[SiteOut.of(site) for site in door.sites(session)])


@router.post("/api/v1/hub/sites/{key}/word", summary="The hub's word, by which one signs in at a site")
def word(door: HubDoorOf, session: SessionOf, key: str) -> WordOut:
    return WordOut(word=door.word(session, key))


@router.post("/api/v1/hub/sites/{key}/ask", summary="A typed question, answered from what the site told; under `answer`")
def ask(door: HubDoorOf, session: SessionOf, key: str, question: Annotated[dict[str, Any], tagged(AnyQuestion), Body()]) -> dict[str, Any]:
    return {"answer": wire.to_plain(door.answer(session, key, wire.from_plain(AnyQuestion, sound(question))))}


@router.post(
    "/api/v1/hub/sites/{key}/intents",
    status_code=201,
    summary="Say something about alerts of a site that is away, or have somebody there erased",
)
def intend(door: HubDoorOf, session: SessionOf, key: str, body: IntentIn) -> IntentOut:
    """In the database when this is answered. The site judges it when it is back, within seven days; an erasure within 400."""
    command = wire.from_plain(IntentCommand, sound(body.command), "command")
    return IntentOut.of(door.intend(session, key, body.id, command, body.seen_assignee))


@router.get("/api/v1/hub/sites/{key}/intents", summary="What a site has not been told yet, and what it made of the rest within a day")
def intents(door: HubDoorOf, session: SessionOf, key: str) -> IntentsOut:
    return IntentsOut(intents=[IntentOut.of(each) for each in door.intents(session, key)])


@router.get(
    "/api/v1/hub/sites/{key}/clips/{clip_id}",
    summary="The video of an alert that the site sent, as the site hides faces and private parts",
    response_class=Response,
    responses={200: {"content": {"video/mp4": {}}}},
)
def clip(door: HubDoorOf, session: SessionOf, key: str, clip_id: str) -> Response:
    video = door.clip(session, key, clip_id)
    return StreamingResponse(video.pieces, media_type="video/mp4", headers={"content-length": str(video.size)})


@router.get("/api/v1/hub/people/purposes", summary="For what people may be compared, and which sites agree to it")
def purposes(door: HubDoorOf, session: SessionOf) -> PurposesOut:
    return PurposesOut(purposes=[PurposeOut.of(each) for each in door.people.purposes(session)])


@router.post("/api/v1/hub/people/comparisons", summary="Compare somebody with the people of the other sites that agree to a purpose")
async def compare_person(request: Request, door: HubDoorOf, session: SessionOf, body: ComparisonIn) -> ComparisonOut:
    """Their description passes through the hub and is kept nowhere. Who may be the same person becomes a proposal."""

    def compare() -> ComparisonOut:
        return ComparisonOut.of(door.people.compare(session, body.site, body.person_id, body.purpose))

    return await anyio.to_thread.run_sync(compare, limiter=request.app.state.comparing_threads)


@router.get("/api/v1/hub/people/pairs", summary="Persons of different sites who are, are not, or may be the same")
def person_pairs(door: HubDoorOf, session: SessionOf) -> PairsOut:
    """Those of which the account may see both sites as a whole."""
    return PairsOut(pairs=[PairOut.of(each) for each in door.people.pairs(session)])


@router.put("/api/v1/hub/people/pairs", summary="Say that two persons are the same, are not, or take that back")
def judge_pair(door: HubDoorOf, session: SessionOf, body: VerdictIn) -> PairOut:
    return PairOut.of(door.people.judge(session, body.purpose, body.a, body.b, body.verdict))


@router.get("/metrics", summary="How the hub does, for Prometheus", response_class=Response, responses={200: {"content": {TEXT: {}}}})
def metrics(request: Request, door: HubDoorOf, session: SessionOf) -> Response:
    """In the text format 0.0.4. For any account or token that may see what is live."""
    if not session.may(Verb.SEE_LIVE):
        raise PermissionDenied(Verb.SEE_LIVE)
    text = hub_metrics_text(door.measured_sites(session), door.clock.now_ns(), door.figures(len(request.app.state.lines)))
    return Response(text, media_type=TEXT)


@router.websocket("/api/v1/hub/sites/{key}/line")
async def line(socket: WebSocket, key: str) -> None:
    await lines.carry(socket, socket.app.state.door, given_token(socket), key, socket.app.state.lines)


PROVIDER_AT_ONCE = 8
"""Requests that wait for the identity provider."""
COMPARISONS_AT_ONCE = 4
"""A site that answers slowly keeps nobody else waiting who asks for something else."""
LARGEST_PIECE = 1 << 20
"""Bytes of a message of a line, at most."""


def make_hub_app(enrolment: Enrolment, door: HubDoor, hosts: frozenset[str], version: str) -> ASGIApp:
    """`hosts`: as of `Guard`."""
    app = FastAPI(title="Watchroom hub", version=version, docs_url=None, redoc_url=None)
    app.state.enrolment, app.state.door = enrolment, door
    app.state.lines = set[WebSocket]()
    app.state.knocks = Buckets(KNOCKS_PER_SECOND, KNOCKS_BURST)
    app.state.password_threads = anyio.CapacityLimiter(turns.AT_ONCE)
    app.state.turns = turns.Turns()
    app.state.provider_threads = anyio.CapacityLimiter(PROVIDER_AT_ONCE)
    app.state.comparing_threads = anyio.CapacityLimiter(COMPARISONS_AT_ONCE)
    app.include_router(router)
    app.include_router(template_router)
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return Guard(app, hosts, Rooms(door))
