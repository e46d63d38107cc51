"""A server that stops closes every connection, whatever state one of them is in."""

from types import SimpleNamespace

import pytest
from websockets.protocol import State

from engine.gateway.border.direct_socket import DirectSocket


class Loop:
    def call_later(self, delay_s: float, action: object) -> None:
        pass


@pytest.mark.parametrize("state", [State.CLOSING, State.CLOSED])
def test_a_connection_that_the_other_side_closes_already_does_not_break_the_stop(state: State) -> None:
    done: list[str] = []
    socket = object.__new__(DirectSocket)
    socket.conn = SimpleNamespace(state=state)  # type: ignore[assignment]
    socket.transport = SimpleNamespace(close=lambda: done.append("closed"), abort=lambda: None)  # type: ignore[assignment]
    socket.loop = Loop()  # type: ignore[assignment]
    socket.handshake_complete, socket.close_sent = True, False
    socket.stop_keepalive = lambda: done.append("quiet")  # type: ignore[method-assign]
    socket.shutdown()
    assert done == ["quiet", "closed"]
