"""The end of an asyncio loop."""

import asyncio

_TURNS = 10


async def last_turns(seconds: float) -> None:
    """Sockets are closed some turns after whoever used them, and a loop that is late may have but one turn in a time."""
    await asyncio.sleep(seconds)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
