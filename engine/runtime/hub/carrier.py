"""How a site and a hub reach each other."""

from typing import Protocol


class Carrier(Protocol):
    """On one asyncio loop."""

    @property
    def most_bytes(self) -> int:
        """Of one message."""
        ...

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes:
        """What is answered. Raises EnvironmentFault (`unreachable`): nobody is there, or not in time."""
        ...


class Publisher(Protocol):
    """On one asyncio loop."""

    async def publish(self, subject: str, data: bytes) -> None:
        """Raises EnvironmentFault (`unreachable`)."""
        ...
