"""The token that a request shows."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from engine.model.errors import NotSignedIn

BEARER = HTTPBearer(auto_error=False, description="a session's or machine's token")


async def token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> str:
    if credentials is None:
        raise NotSignedIn("Sign in first: send a token as “Authorization: Bearer …”.")
    return credentials.credentials


TokenOf = Annotated[str, Depends(token)]
