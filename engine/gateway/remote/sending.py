"""Commands to an engine elsewhere, each under an id: sent again where the line was cut before the answer came."""

import time
from collections.abc import Callable
from typing import Any, get_args

from engine.gateway.remote.calls import AnswerLost, Caller
from engine.model.command import Command
from engine.model.command_terms import IDEMPOTENCY_KEY
from engine.model.errors import EnvironmentFault
from engine.model.ptz.commands import PtzCommand

PATH = "/api/v1/port/command"
REPEAT_S = 30.0  # how long a command whose answer was lost is sent again
PAUSE_S = 0.25


class CommandSender:
    """Any thread.

    Args:
        closed: whether its port was closed, so that nobody waits any more.
    """

    def __init__(self, caller: Caller, closed: Callable[[], bool]) -> None:
        self._caller, self._closed = caller, closed

    def send(self, command: Command, body: dict[str, Any], key: str, repeat: bool) -> str:
        """The outcome. `body`: the command as JSON. `repeat`: the engine does once what has one id.

        A camera moves when it is asked to, or not at all: such commands are sent once. Raises EnvironmentFault `outcome_unknown`: the
        engine did not answer again.
        """
        until_s = time.monotonic() + REPEAT_S
        try:
            return self._send(body, key)
        except AnswerLost:
            if not repeat or isinstance(command, get_args(PtzCommand)):
                raise
        while not self._closed() and time.monotonic() < until_s:
            time.sleep(PAUSE_S)
            try:
                return self._send(body, key)
            except EnvironmentFault as fault:
                if fault.reason != "unreachable":
                    raise
        raise EnvironmentFault(
            "outcome_unknown",
            f"The connection was cut before the engine answered, and has not come back for {REPEAT_S:g} s. It is not known whether this "
            "was done. Check before you do it again.",
        )

    def _send(self, body: dict[str, Any], key: str) -> str:
        return str(self._caller.json("POST", PATH, json=body, headers={IDEMPOTENCY_KEY: key}).get("id"))
