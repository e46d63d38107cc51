"""Limits of an account of a hub: whole sites, and cameras and groups of single sites."""

import pytest

from engine.gateway.hub.site_grants import MOST_LETTERS, cameras_at, checked_site_grants, sees_site, sites_and_cameras
from engine.gateway.schemas import HubWord
from engine.model.accounts.access import Grants, Role, User
from engine.model.errors import InputError
from engine.model.time import SECOND
from engine.runtime.hub.hub_word import hub_word, read_word
from engine.runtime.hub.nkeys import KeyKind, NKey

HUB, NOW_NS = NKey.new(KeyKind.ACCOUNT), 1_790_000_000 * SECOND


@pytest.mark.parametrize(
    ("grants", "site", "seen", "cameras"),
    [
        (None, "north", True, None),
        ((), "north", False, ()),
        (("north",), "north", True, None),
        (("north",), "northern", False, ()),
        (("north",), "nort", False, ()),
        (("north/cam-1",), "north", True, ("cam-1",)),
        (("north/cam-1",), "south", False, ()),
        (("north/cam-1", "south", "north/group:Yard/Gate"), "north", True, ("cam-1", "group:Yard/Gate")),
        (("north", "north/cam-1"), "north", True, None),
    ],
)
def test_what_an_account_sees_of_a_site(grants: Grants | None, site: str, seen: bool, cameras: Grants | None) -> None:
    assert checked_site_grants(grants) == grants
    assert (sees_site(grants, site), cameras_at(grants, site)) == (seen, cameras)


@pytest.mark.parametrize("grant", ["", "North", "north/", "/cam-1", "north/cam 1", "north/south/cam-1", "group:Yard", "north/group:", "-"])
def test_what_is_no_limit_is_named(grant: str) -> None:
    with pytest.raises(InputError) as refused:
        checked_site_grants(("south", grant))
    assert refused.value.field == "cameras"


def test_cameras_stand_in_for_the_site_that_they_are_of() -> None:
    assert sites_and_cameras(("north", "south"), ("north/cam-1",)) == ("south", "north/cam-1")
    assert sites_and_cameras((), ("north/cam-1",)) == ("north/cam-1",)
    with pytest.raises(InputError, match="names no site"):
        sites_and_cameras(("north",), ("cam-1",))


def test_the_longest_limits_travel_and_longer_ones_are_refused() -> None:
    each = 37
    longest = tuple(f"a/{number:0{each}}" for number in range(MOST_LETTERS // (each + 2 + 3)))
    assert checked_site_grants(longest) == longest
    word = hub_word(HUB, "a", User("u" * 120, "n" * 200, Role.INVESTIGATOR, cameras_at(longest, "a")), NOW_NS)
    assert read_word(HubWord(word=word).word, "a", HUB.public, NOW_NS).user.cameras == cameras_at(longest, "a")
    with pytest.raises(InputError, match="too many"):
        checked_site_grants((*longest, "b/cam-1" * 10))
