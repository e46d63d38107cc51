"""Signing in and out, and the first set-up."""

from fastapi import APIRouter, Request

from engine.gateway.doorway import DoorOf, PortOf, TokenOf
from engine.gateway.schemas import SessionOut, SetUp, SetUpNeeded, SignedIn, SignIn
from engine.model.errors import PermissionDenied

router = APIRouter(prefix="/api/v1", tags=["session"])


@router.post("/session", summary="Sign in")
def sign_in(door: DoorOf, body: SignIn) -> SignedIn:
    token, port = door.sign_in_for_token(body.name, body.password)
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


@router.post("/setup", status_code=201, summary="Make the first admin account")
def set_up(request: Request, door: DoorOf, body: SetUp) -> SignedIn:
    if not request.app.state.setup_code.accepts(body.code):
        raise PermissionDenied("set up this site without the code shown on the engine's terminal")
    door.set_up(body.site_name, body.admin_name, body.password).close()
    token, port = door.sign_in_for_token(body.admin_name, body.password)
    return SignedIn(token=token, **SessionOut.of(port.session).model_dump())
