"""A spare's line to the lease of one site: it hears the site and other spares, and says that it stands in itself."""

import json
import logging
from collections.abc import Callable

from nats.aio.msg import Msg

from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.spares.lease import (
    Lease,
    Standing,
    last_value_subject,
    lease_subject,
    pack_lease,
    read_lease,
    read_standing,
    standing_subject,
)

log = logging.getLogger(__name__)

WITHIN_S = 2.0
_EXPECTED, _SEQUENCE, _STATUS = "Nats-Expected-Last-Subject-Sequence", "Nats-Sequence", "Status"
_OTHER_SEQUENCE = 10071  # of JetStream: somebody else has written meanwhile


class LeaseLine:
    """On one asyncio loop. `address`: of the site (`subjects.address_of`)."""

    def __init__(self, carrier: NatsCarrier, address: str) -> None:
        self._carrier, self._lease, self._standing = carrier, lease_subject(address), standing_subject(address)

    async def listen(self, on_site: Callable[[Lease], None]) -> None:
        """To the site. Raises EnvironmentFault (`unreachable`)."""

        def hear(_: str, data: bytes) -> None:
            try:
                on_site(read_lease(data))
            except InputError as error:
                log.debug("a lease is not understood: %s", error)

        await self._carrier.listen(self._lease, hear)

    async def last_lease(self) -> Lease | None:
        """As it is kept. None: the site never had one. Raises EnvironmentFault."""
        answer = await self._last(self._lease)
        return None if answer is None else read_lease(answer.data)

    async def last_standing(self) -> tuple[Standing | None, int]:
        """Who said last that they stand in, or do no longer, and its number; 0: nobody yet. Raises EnvironmentFault.

        It is asked for: whoever listens to the subject also hears what the server did not take."""
        answer = await self._last(self._standing)
        return (None, 0) if answer is None else (read_standing(answer.data), int((answer.headers or {}).get(_SEQUENCE, 0)))

    async def say(self, standing: Standing, after: int) -> int | None:
        """If nobody has said anything since number `after`: its own number. None: somebody has. Raises EnvironmentFault."""
        answer = await self._carrier.exchange(self._standing, pack_lease(standing), WITHIN_S, {_EXPECTED: str(after)})
        told = json.loads(answer.data)
        if "error" not in told:
            return int(told["seq"])
        if told["error"].get("err_code") == _OTHER_SEQUENCE:
            return None
        raise EnvironmentFault("no_bucket", f"The NATS server does not keep who stands in ({told['error'].get('description')}).")

    async def is_good(self) -> bool:
        return await self._carrier.is_line_good(1.0)

    async def _last(self, subject: str) -> Msg | None:
        answer = await self._carrier.exchange(last_value_subject(subject), b"", WITHIN_S)
        return None if _STATUS in (answer.headers or {}) else answer
