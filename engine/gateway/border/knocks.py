"""Who may have a password checked, and when.

Checking one takes 0.1 s and 64 MiB by design, and needs no token: so an address may knock only so often, and few threads answer, each
address and name in its turn.
"""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from fastapi import HTTPException, Request

from engine.gateway.problem import retry_after
from engine.runtime.access.lockout import Origin, from_address

KNOCKS_PER_SECOND, KNOCKS_BURST = 1.0, 40

T = TypeVar("T")


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
