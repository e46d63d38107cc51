"""Several ways of one connection, which ends with the first of them."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until_one_ends(*works: Coroutine[Any, Any, Any]) -> list[Any]:
    """All at once, until one has ended. The others are cancelled, and have ended when this returns, also where this is cancelled itself.

    Returns:
        What each gave, or the error that it raised; CancelledError: it was still under way.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    return ended
