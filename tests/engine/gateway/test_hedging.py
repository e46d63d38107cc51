"""Requests that are sent again beside those that are not answered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace

import pytest

from engine.gateway.remote import hedging
from engine.gateway.remote.hedging import MOST, Heard, hedged
from engine.model.errors import EnvironmentFault, NotSignedIn

AT_ONCE, NEVER_S = 0.0, 600.0
Ask = Callable[[Heard], Awaitable[str]]


async def hangs(_: Heard) -> str:
    await asyncio.Event().wait()
    raise AssertionError


async def answers(_: Heard) -> str:
    return "answer"


async def fails(_: Heard) -> str:
    raise EnvironmentFault("unreachable", "nobody there")


async def refuses(_: Heard) -> str:
    raise NotSignedIn("who are you?")


class Requests:
    """One after another as given, the last one again and again."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self._asks = asks
        self.sent = self.ended = 0

    async def __call__(self, heard: Heard) -> str:
        ask = self._asks[min(self.sent, len(self._asks) - 1)]
        self.sent += 1
        try:
            return await ask(heard)
        finally:
            self.ended += 1

    def first(self, apart_s: float) -> str:
        async def first() -> str:
            try:
                return await asyncio.wait_for(hedged(self, apart_s), 60)
            finally:
                await asyncio.sleep(0)  # what was cancelled ends

        return asyncio.run(first())


def test_an_answer_ends_those_that_hang() -> None:
    requests = Requests([hangs, hangs, answers])
    assert requests.first(AT_ONCE) == "answer" and requests.ended == requests.sent == 3


def test_one_that_fails_does_not_end_one_that_may_be_answered() -> None:
    async def later(_: Heard) -> str:
        while requests.ended < 2:
            await asyncio.sleep(0.001)
        return "late answer"

    requests = Requests([later, fails, fails, hangs])
    assert requests.first(AT_ONCE) == "late answer"


@pytest.mark.parametrize(("ask", "error"), [(fails, EnvironmentFault), (refuses, NotSignedIn)])
def test_where_nothing_is_under_way_its_error_is_told(ask: Ask, error: type[Exception]) -> None:
    requests = Requests([ask])
    with pytest.raises(error):
        requests.first(NEVER_S)
    assert requests.sent == 1


def test_a_refusal_is_an_answer() -> None:
    requests = Requests([hangs, refuses])
    with pytest.raises(NotSignedIn):
        requests.first(AT_ONCE)
    assert requests.ended == 2


def test_no_more_than_so_many_are_under_way() -> None:
    requests = Requests([hangs])

    async def given_up() -> None:
        waiting = asyncio.ensure_future(hedged(requests, AT_ONCE))
        while requests.sent < MOST:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
        await asyncio.sleep(0)

    asyncio.run(given_up())
    assert requests.sent == requests.ended == MOST


def test_an_answer_that_comes_slowly_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        now_s = 0.0

    monkeypatch.setattr(hedging, "time", SimpleNamespace(monotonic=lambda: Clock.now_s))

    async def comes_slowly(heard: Heard) -> str:
        for _ in range(5):
            Clock.now_s += 0.09
            heard()
            await asyncio.sleep(0.02)  # meanwhile it is looked at again
        return "all of it"

    requests = Requests([comes_slowly])
    assert requests.first(0.1) == "all of it" and requests.sent == 1
