"""`/api/auth/…`: a PIN that opens an operator's session on this machine, never an admin's."""

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import DoorOf
from engine.gateway.border.knocks import in_turn, knock
from engine.gateway.border.shown_token import COOKIE, given_token
from engine.gateway.reference.access import from_this_machine
from engine.model.accounts.access import Verb
from engine.model.errors import InputError, NotSignedIn
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

router = APIRouter(prefix="/api/auth", tags=["reference"])
PIN_NAME = "the PIN"  # under which those who type it wait for their turn
FROM_CODE, FROM_BENCH = "set-up code", "bench"  # who is noted for a first PIN that nobody with an account sets


class PinStatus(BaseModel):
    pin_configured: bool
    authenticated: bool


class PinSetup(BaseModel):
    pin: str = Field(max_length=64)
    code: str = Field("", max_length=64, description="the one-time code of the engine's terminal, where no admin's token is sent")


class Pin(BaseModel):
    pin: str = Field(max_length=64)


class PinAnswer(BaseModel):
    ok: bool = True
    token: str | None = None


@router.get("/status", summary="Whether a PIN is set, and whether this client is signed in")
def status(request: Request, door: DoorOf) -> PinStatus:
    return PinStatus(pin_configured=door.pin_configured(), authenticated=_signed_in(request, door))


@router.get("/setup", summary="The same, where clients look for it before the first set-up")
def needs_set_up(request: Request, door: DoorOf) -> PinStatus:
    return status(request, door)


@router.post("/setup", summary="Set the PIN", dependencies=[Depends(knock)])
async def set_up(request: Request, door: DoorOf, body: PinSetup) -> PinAnswer:
    """The first PIN: on this machine while it is a bench, with the code of the engine's terminal, or by an admin. Later: by an admin."""
    await in_turn(request, PIN_NAME, lambda: _set_pin(request, door, body))
    return PinAnswer()


@router.post("/login", summary="Open an operator's session with the PIN, on this machine only", dependencies=[Depends(knock)])
async def login(request: Request, response: Response, door: DoorOf, body: Pin) -> PinAnswer:
    if not from_this_machine(request):
        raise NotSignedIn("The PIN opens a session on the engine's own machine only. Sign in with an account instead.")
    token = await in_turn(request, PIN_NAME, lambda: door.sign_in_with_pin(body.pin))
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    return PinAnswer(token=token)


@router.post("/logout", summary="End the session")
def logout(request: Request, response: Response, door: DoorOf) -> PinAnswer:
    token = given_token(request)
    if token:
        door.sign_out(token)
    response.delete_cookie(COOKIE, path="/")
    return PinAnswer()


def _signed_in(request: Request, door: LocalDoor) -> bool:
    token = given_token(request)
    try:
        return bool(token) and door.enter(token).session.may(Verb.SEE_LIVE)
    except NotSignedIn:
        return False


def _set_pin(request: Request, door: LocalDoor, body: PinSetup) -> None:
    code: SetupCode = request.app.state.setup_code
    first = not door.pin_configured()
    allowed = first and ((from_this_machine(request) and door.bench() is not None) or (bool(body.code) and code.accepts(body.code)))
    if not allowed:
        token = given_token(request)
        if not token and first:
            raise InputError("code", "has to be the one shown on the engine's terminal, unless an admin sets the PIN")
        if not token:
            raise NotSignedIn("A PIN is set already; only an admin changes it.")
        door.enter(token).set_pin(body.pin)
        return
    door.set_pin(body.pin, FROM_CODE if body.code else FROM_BENCH)
