"""A site takes its hub's word for a person once, in time, for itself, and no further than it was told to."""

from dataclasses import replace

import pytest

from engine.model.accounts.access import Role, User
from engine.model.errors import NotSignedIn
from engine.model.time import SECOND
from engine.runtime.access.held_tokens import IDLE_NS
from engine.runtime.hub.hub_word import ASKEW_NS, GOOD_NS, UsedWords, capped, hub_word, read_word
from engine.runtime.hub.nkeys import KeyKind, NKey

NOW_NS = 1_790_000_000 * SECOND
HUB, OTHER = NKey.new(KeyKind.ACCOUNT), NKey.new(KeyKind.ACCOUNT)
ADA = User("sub|4711", "Ada", Role.INVESTIGATOR, ("door", "group:Yard"))


def test_a_word_says_who_somebody_is() -> None:
    assert read_word(hub_word(HUB, "north", ADA, NOW_NS), "north", HUB.public, NOW_NS + SECOND).user == ADA
    everything = replace(ADA, cameras=None)
    assert read_word(hub_word(HUB, "north", everything, NOW_NS), "north", HUB.public, NOW_NS).user == everything


@pytest.mark.parametrize(("said_ns", "lasts_ns"), [(None, None), (SECOND, SECOND), (-1, 0), (10**30, IDLE_NS)])
def test_a_word_may_say_for_how_long(said_ns: int | None, lasts_ns: int | None) -> None:
    assert read_word(hub_word(HUB, "north", ADA, NOW_NS, said_ns), "north", HUB.public, NOW_NS).lasts_ns == lasts_ns


@pytest.mark.parametrize(
    "word",
    [
        "",
        ".",
        "x.y",
        "é.y",
        hub_word(OTHER, "north", ADA, NOW_NS),
        hub_word(HUB, "south", ADA, NOW_NS),
        hub_word(HUB, "north", ADA, NOW_NS - GOOD_NS - ASKEW_NS - SECOND),
        hub_word(HUB, "north", ADA, NOW_NS + GOOD_NS + ASKEW_NS + SECOND),
        hub_word(HUB, "north", replace(ADA, id="a/b"), NOW_NS),
        hub_word(HUB, "north", ADA, NOW_NS)[:-4],
        "A" * 100_000,
    ],
)
def test_what_is_no_word_of_the_hub_for_this_site_now_is_refused(word: str) -> None:
    with pytest.raises(NotSignedIn):
        read_word(word, "north", HUB.public, NOW_NS)


def test_what_is_changed_is_refused() -> None:
    word = hub_word(HUB, "north", ADA, NOW_NS)
    for place in range(0, len(word), 7):
        changed = word[:place] + ("A" if word[place] != "A" else "B") + word[place + 1 :]
        with pytest.raises(NotSignedIn):
            read_word(changed, "north", HUB.public, NOW_NS)


def test_a_word_is_good_once() -> None:
    used = UsedWords()
    vouched = read_word(hub_word(HUB, "north", ADA, NOW_NS), "north", HUB.public, NOW_NS)
    used.use(vouched.once, NOW_NS)
    with pytest.raises(NotSignedIn):
        used.use(vouched.once, NOW_NS + SECOND)
    used.use("another", NOW_NS + SECOND)


def test_nobody_is_more_than_the_site_lets_them_be() -> None:
    assert capped(replace(ADA, role=Role.ADMIN), Role.OPERATOR).role is Role.OPERATOR
    assert capped(replace(ADA, role=Role.OPERATOR), Role.ADMIN).role is Role.OPERATOR
    assert capped(ADA, Role.ADMIN) == ADA
