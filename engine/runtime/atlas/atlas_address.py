"""Where calls to Atlas may go: as for every message to the outside, and into the house only if the admin allows it."""

from engine.model.address import is_public, parse_address
from engine.model.errors import EnvironmentFault
from engine.runtime.outbound.outward import Resolver, allowed_address, resolve


async def atlas_address(host: str, port: int, allow_private: bool, resolver: Resolver = resolve) -> str:
    """The address to connect to. Raises EnvironmentFault `no_address`, `address_refused`."""
    address = await allowed_address(host, port, resolver)
    if not allow_private and not is_public(parse_address(address)):
        raise EnvironmentFault(
            "address_refused", f"{host} leads to {address}, inside your own network. Allow private addresses for Atlas if it runs there."
        )
    return address
