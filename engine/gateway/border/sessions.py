"""Signing in and out, and the first set-up."""

import anyio.to_thread
from fastapi import APIRouter, Depends, Request

from engine.gateway.border.bearer import TokenOf
from engine.gateway.border.doorway import DoorOf, PortOf
from engine.gateway.border.knocks import in_turn, knock, origin_of
from engine.gateway.schemas import HubWord, SessionOut, SetUp, SetUpNeeded, SignedIn, SignIn
from engine.model.errors import InputError
from engine.runtime.access.lockout import HERE, Origin
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

router = APIRouter(prefix="/api/v1", tags=["session"])


@router.post("/session", summary="Sign in", dependencies=[Depends(knock)])
async def sign_in(request: Request, door: DoorOf, body: SignIn) -> SignedIn:
    return await in_turn(request, body.name, lambda: _signed_in(door, body.name, body.password, origin_of(request)))


@router.post("/session/hub", summary="Sign in by the word of this site's hub", dependencies=[Depends(knock)])
async def sign_in_by_hub(door: DoorOf, body: HubWord) -> SignedIn:
    token, port = await anyio.to_thread.run_sync(door.sign_in_by_hub, body.word)
    return SignedIn(token=token, **SessionOut.of(port.session).model_dump())


@router.put("/session/hub", status_code=204, summary="This site's hub still vouches for a person", dependencies=[Depends(knock)])
async def vouch_again(door: DoorOf, body: HubWord) -> None:
    await anyio.to_thread.run_sync(door.vouch_again, body.word)


@router.get("/session", summary="Who am I")
def who_am_i(port: PortOf) -> SessionOut:
    return SessionOut.of(port.session)


@router.delete("/session", status_code=204, summary="Sign out")
def sign_out(door: DoorOf, token: TokenOf, port: PortOf) -> None:
    port.close()
    door.sign_out(token)


@router.get("/setup", summary="Whether the first admin account has to be made")
def set_up_needed(door: DoorOf) -> SetUpNeeded:
    return SetUpNeeded(needed=door.needs_setup())


@router.post("/setup", status_code=201, summary="Make the first admin account", dependencies=[Depends(knock)])
async def set_up(request: Request, door: DoorOf, body: SetUp) -> SignedIn:
    code: SetupCode = request.app.state.setup_code
    return await in_turn(request, "", lambda: _set_up(door, code, body))


def _signed_in(door: LocalDoor, name: str, password: str, origin: Origin = HERE) -> SignedIn:
    token, port = door.sign_in_for_token(name, password, origin)
    return SignedIn(token=token, **SessionOut.of(port.session).model_dump())


def _set_up(door: LocalDoor, code: SetupCode, body: SetUp) -> SignedIn:
    if not code.accepts(body.code):
        raise InputError("code", "is not the one shown on the engine's terminal")
    try:
        door.set_up(body.site_name, body.admin_name, body.password, time_zone=body.time_zone).close()
    except InputError as error:
        raise InputError("admin_name" if error.field == "name" else error.field, error.message) from None
    return _signed_in(door, body.admin_name, body.password)
