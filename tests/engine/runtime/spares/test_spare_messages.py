"""What sites, spares and hubs say to each other is read as it was written, and nothing else is."""

import json

import pytest

from engine.model.errors import InputError
from engine.runtime.hub.spares.lease import Lease, LeaseState, Standing, pack_lease, read_lease, read_standing
from engine.runtime.hub.spares.spare_messages import (
    SpareSite,
    StandIn,
    pack_sites,
    pack_stand_in,
    pack_stand_in_wish,
    pack_versions,
    read_sites,
    read_stand_in,
    read_stand_in_wish,
    read_versions,
)


def test_messages_are_read_as_they_were_written() -> None:
    sites = (SpareSite("north", "U1", 3, b"\x00sealed"), SpareSite("south", "U2", 4))
    assert read_sites(pack_sites(sites)) == sites
    assert read_versions(pack_versions({"north": 3})) == {"north": 3}
    assert read_stand_in_wish(pack_stand_in_wish("north", "U3")) == ("north", "U3")
    given = StandIn("north--a", "claims", "tls://nats", "A1")
    assert read_stand_in(pack_stand_in(given)) == given
    lease, standing = Lease(LeaseState.HELD, 4, 3), Standing(LeaseState.GIVEN_UP, 4, 0, "north--a")
    assert read_lease(pack_lease(lease)) == lease and read_standing(pack_lease(standing)) == standing


@pytest.mark.parametrize("name", ["../../etc", "north/x", "", ".", "North", "a" * 33])
def test_a_hub_cannot_name_a_folder_elsewhere(name: str) -> None:
    with pytest.raises(InputError):
        read_sites(json.dumps({"sites": [[name, "U1", 1, ""]]}).encode())


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b'{"sites": [[1]]}', b'{"state": "else", "cameras": 1, "live": 1}'])
def test_what_is_not_understood_is_refused(junk: bytes) -> None:
    for read in (read_sites, read_versions, read_stand_in_wish, read_stand_in, read_lease, read_standing):
        with pytest.raises(InputError):
            read(junk)
