"""What a hub answers over HTTP: sites that join."""

import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from engine.gateway.app import HANDLERS
from engine.gateway.border.buckets import Buckets
from engine.gateway.border.sessions import KNOCKS_BURST, KNOCKS_PER_SECOND, knock
from engine.gateway.hub.enrolment import Enrolment
from engine.gateway.hub.joining import JOIN

router = APIRouter(tags=["hub"])


class Joining(BaseModel):
    """`key`: the public half of the site's own."""

    code: str = Field(min_length=1, max_length=100)
    key: str = Field(min_length=1, max_length=100)


class JoinAnswer(BaseModel):
    """`site`: its key at this hub. nats: where it finds it. claims: what it shows there. hub_key: by which the hub signs its word."""

    site: str
    nats: str
    claims: str
    hub_key: str


@router.post(JOIN, status_code=201, summary="A site joins by its code", dependencies=[Depends(knock)])
async def join(request: Request, body: Joining) -> JoinAnswer:
    enrolment: Enrolment = request.app.state.enrolment
    return JoinAnswer(**await anyio.to_thread.run_sync(enrolment.redeem, body.code, body.key))


def make_hub_app(enrolment: Enrolment, version: str) -> FastAPI:
    app = FastAPI(title="Watchroom hub", version=version, docs_url=None, redoc_url=None)
    app.state.enrolment = enrolment
    app.state.knocks = Buckets(KNOCKS_PER_SECOND, KNOCKS_BURST)
    app.include_router(router)
    for kind, handler in HANDLERS.items():
        if kind is not HTTPException:
            app.add_exception_handler(kind, handler)
    return app
