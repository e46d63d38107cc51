"""Signing in and out, and the first set-up.

Checking a password takes 0.1 s and 64 MiB by design, and needs no token: so an address may knock only so often, and few threads
answer, each address and name in its turn.
"""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from fastapi import APIRouter, Depends, HTTPException, Request

from engine.gateway.border.doorway import DoorOf, PortOf, TokenOf
from engine.gateway.problem import retry_after
from engine.gateway.schemas import HubWord, SessionOut, SetUp, SetUpNeeded, SignedIn, SignIn
from engine.model.errors import InputError
from engine.runtime.access.lockout import HERE, Origin, from_address
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

KNOCKS_PER_SECOND, KNOCKS_BURST = 1.0, 40

T = TypeVar("T")
router = APIRouter(prefix="/api/v1", tags=["session"])


def knock(request: Request) -> None:
    wait_s = request.app.state.knocks.take(_address(request))
    if wait_s:
        raise HTTPException(429, "Too many attempts to sign in; wait a moment.", retry_after(wait_s))


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else "?"


def origin_of(request: Request) -> Origin:
    return from_address(_address(request))


async def in_turn(request: Request, name: str, work: Callable[[], T]) -> T:
    """What checks or hashes a password, on one of few threads. Raises ShareUsed where too much of this address or name waits already."""
    async with request.app.state.turns.turn(_address(request), name):
        return await anyio.to_thread.run_sync(work, limiter=request.app.state.password_threads)


@router.post("/session", summary="Sign in", dependencies=[Depends(knock)])
async def sign_in(request: Request, door: DoorOf, body: SignIn) -> SignedIn:
    return await in_turn(request, body.name, lambda: _signed_in(door, body.name, body.password, origin_of(request)))


@router.post("/session/hub", summary="Sign in by the word of this site's hub", dependencies=[Depends(knock)])
async def sign_in_by_hub(door: DoorOf, body: HubWord) -> SignedIn:
    token, port = await anyio.to_thread.run_sync(door.sign_in_by_hub, body.word)
    return SignedIn(token=token, **SessionOut.of(port.session).model_dump())


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
