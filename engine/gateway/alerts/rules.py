"""`/api/v1/alerts/rules`: the rules as text, for those who keep them in files of their own."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse

from engine.gateway.alerts.schemas import RulesReadOut, RuleTrialOut
from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import Problem
from engine.model.alerts.commands import ChangeAlerting
from engine.model.alerts.settings import AlertSettings
from engine.model.errors import InputError
from engine.model.question import PrintRules, ReadRules, RulesText, TryRules, WrongLine
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1/alerts/rules", tags=["alerts"])
_KINDS = ("text/plain", "application/toml")
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_BODY = {"requestBody": {"required": True, "content": {kind: _TEXT for kind in _KINDS}}}
_OTHER_KIND: dict[int | str, dict[str, Any]] = {415: {"model": Problem, "description": "not text"}}
_CHANGED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the rules as text",
        "content": {"text/plain; charset=utf-8": _TEXT},
        "headers": {"ETag": {"schema": {"type": "string"}, "description": "their version"}},
    }
}
_STALE: dict[int | str, dict[str, Any]] = {
    412: {"model": Problem, "description": "the rules were changed meanwhile"},
    428: {"model": Problem, "description": "`If-Match` is missing"},
}
_TOLD = 10


async def body_text(request: Request) -> str:
    """Raises HTTPException: of another kind; InputError: not UTF-8."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _KINDS:
        raise HTTPException(415, f"Send the rules as one of {', '.join(_KINDS)}.")
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise InputError("rules", f"are no UTF-8 text: byte {error.start} is not") from None


TextOf = Annotated[str, Depends(body_text)]


@router.get("", summary="The rules in force, in TOML", response_class=Response, responses=_CHANGED)
def rules(port: PortOf) -> Response:
    return _as_text(port.ask(PrintRules()))


@router.put(
    "",
    summary="Put other rules in force, all of them at once",
    response_class=Response,
    responses=_CHANGED | _STALE | _OTHER_KIND,
    openapi_extra=_BODY,
)
def put_rules(
    port: PortOf,
    text: TextOf,
    if_match: Annotated[str | None, Header(description="the ETag of the rules that were changed, or * for whichever they are")] = None,
) -> Response:
    """Answers with the rules as they are printed from now on: comments are not kept. How the site is armed stays as it is."""
    read = _good(port, text)
    if if_match is None:
        raise HTTPException(428, "Say in the header If-Match which version of the rules was changed: the ETag that they came with.")
    now = port.snapshot().settings.alerts
    if if_match.strip() not in ("*", _etag(now.version)):
        raise _stale(now.version)
    try:
        port.command(ChangeAlerting(replace(now, rules=read.rules)))
    except InputError as error:
        if error.field == "version":  # within this very moment
            raise _stale(port.snapshot().settings.alerts.version) from None
        raise
    return _as_text(port.ask(PrintRules()))


@router.post("/check", summary="What is wrong with rules, line by line; nothing is changed", responses=_OTHER_KIND, openapi_extra=_BODY)
def check_rules(port: PortOf, text: TextOf) -> RulesReadOut:
    return RulesReadOut.of(port.ask(ReadRules(text)))


@router.post(
    "/try",
    summary="What rules would have raised of late, beside those in force; nothing is changed",
    responses=_OTHER_KIND,
    openapi_extra=_BODY,
)
def try_rules(
    port: PortOf, text: TextOf, hours: Annotated[float, Query(gt=0, le=168, description="of the last so many hours")] = 24.0
) -> RuleTrialOut:
    return RuleTrialOut.of(port.ask(TryRules(_with_rules(port, text), hours)))


def _with_rules(port: LocalPort, text: str) -> AlertSettings:
    return replace(port.snapshot().settings.alerts, rules=_good(port, text).rules)


def _good(port: LocalPort, text: str) -> RulesText:
    """Raises InputError, which names the first ten that are wrong."""
    read = port.ask(ReadRules(text))
    if read.wrong:
        raise InputError(read.wrong[0].field, "; ".join(map(_words, read.wrong[:_TOLD])))
    return read


def _words(wrong: WrongLine) -> str:
    return f"line {wrong.line}, {wrong.field}: {wrong.message}" if wrong.line else f"{wrong.field}: {wrong.message}"


def _stale(version: int) -> HTTPException:
    return HTTPException(412, f"The rules are version {version} now. Get them again and repeat your change.")


def _as_text(told: RulesText) -> Response:
    return PlainTextResponse(told.text, headers={"ETag": _etag(told.version), "Cache-Control": "no-cache"})


def _etag(version: int) -> str:
    return f'"{version}"'
