"""Whose turn it is."""

import asyncio

import pytest

from engine.gateway.border.turns import OF_ADDRESS, OF_NAME, Turns
from engine.model.errors import ShareUsed


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_each_address_and_name_in_its_turn() -> None:
    async def run() -> list[str]:
        turns, done = Turns(1), []
        gate = asyncio.Event()

        async def one(address: str, name: str, label: str) -> None:
            async with turns.turn(address, name):
                await gate.wait()
                done.append(label)

        asked = [("a", "x", "a1"), ("a", "x", "a2"), ("a", "y", "a3"), ("b", "x", "b1"), ("a", "z", "a4"), ("c", "x", "c1")]
        tasks = [asyncio.create_task(one(*each)) for each in asked]
        await _settle()
        gate.set()
        await asyncio.gather(*tasks)
        return done

    assert asyncio.run(run()) == ["a1", "a2", "b1", "c1", "a3", "a4"]


def test_who_has_their_share_is_told_at_once_and_has_it_again_afterwards() -> None:
    async def run() -> None:
        turns, gate = Turns(1), asyncio.Event()

        async def one(name: str) -> None:
            async with turns.turn("a", name):
                await gate.wait()

        tasks = [asyncio.create_task(one(str(number // OF_NAME))) for number in range(OF_ADDRESS)]
        await _settle()
        for address, name in (("a", "0"), ("a", "another")):
            with pytest.raises(ShareUsed) as refused:
                async with turns.turn(address, name):
                    pass
            assert refused.value.retry_after_s > 0
        gate.set()
        await asyncio.gather(*tasks)
        async with turns.turn("a", "0"):
            pass
        assert not turns._held and not turns._waiting and turns._free == 1

    asyncio.run(run())


def test_who_goes_away_gives_their_turn_on() -> None:
    async def run() -> None:
        turns, gate = Turns(1), asyncio.Event()

        async def one(name: str) -> None:
            async with turns.turn("a", name):
                await gate.wait()

        first, gone, last = (asyncio.create_task(one(name)) for name in "xyz")
        await _settle()
        gone.cancel()
        await _settle()
        gate.set()
        await asyncio.gather(first, last)
        first, gone = asyncio.create_task(one("x")), asyncio.create_task(one("y"))
        await asyncio.gather(first, gone)
        assert not turns._held and not turns._waiting and turns._free == 1

    asyncio.run(run())
