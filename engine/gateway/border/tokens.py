"""`/api/v1/tokens`: tokens of machines, for admins. Each is shown once, when it is made."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import optional_iso
from engine.model.accounts.access import MOST_GRANTS, Role, Verb
from engine.model.accounts.commands import LONGEST_LABEL, LONGEST_TOKEN_DAYS, CreateToken, ListTokens, RevokeToken, TokenView
from engine.model.time import to_iso

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"])
TokenId = Annotated[str, Path(max_length=64)]
Cameras = Annotated[list[str] | None, Field(description="ids, and groups as group:Yard; null: all, and what no camera saw")]


class TokenOut(BaseModel):
    id: str = Field(description="to revoke it by, and as the audit names it; not the token")
    label: str
    verbs: list[Verb]
    cameras: Cameras
    by: str = Field(description="who made it; empty where that is not known")
    created: str
    expires: str | None = Field(description="null: good until it is revoked")
    last_used: str | None = Field(description="to the quarter of an hour; null: not yet")

    @classmethod
    def of(cls, token: TokenView) -> "TokenOut":
        return cls(
            id=token.id,
            label=token.label,
            verbs=list(token.verbs),
            cameras=None if token.cameras is None else list(token.cameras),
            by=token.by,
            created=to_iso(token.created_ns),
            expires=optional_iso(token.expires_ns),
            last_used=optional_iso(token.last_used_ns),
        )


class TokensOut(BaseModel):
    tokens: list[TokenOut]


class TokenIn(BaseModel):
    """`verbs` empty: all of the role. Nobody gives more than they have."""

    label: str = Field(min_length=1, max_length=LONGEST_LABEL)
    role: Role = Role.OPERATOR
    verbs: list[Verb] = Field(default=[], max_length=len(Verb))
    cameras: list[str] | None = Field(default=None, max_length=MOST_GRANTS)
    days: float | None = Field(default=None, gt=0, le=LONGEST_TOKEN_DAYS, description="until it expires; null: never")


class TokenMade(BaseModel):
    token: str = Field(description="send it as `Authorization: Bearer …`; it is shown only here")


@router.get("", summary="Tokens of machines, newest first")
def tokens(port: PortOf) -> TokensOut:
    return TokensOut(tokens=[TokenOut.of(token) for token in port.ask(ListTokens())])


@router.post("", status_code=201, summary="Make a token")
def create(port: PortOf, body: TokenIn) -> TokenMade:
    cameras = None if body.cameras is None else tuple(body.cameras)
    return TokenMade(token=port.command(CreateToken(body.label, body.role, cameras, tuple(body.verbs), body.days)))


@router.delete("/{token_id}", status_code=204, summary="Revoke a token, at once")
def revoke(port: PortOf, token_id: TokenId) -> None:
    port.command(RevokeToken(token_id))
