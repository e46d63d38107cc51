"""Who is one person by what was said of pairs: connected, and never against “not the same”, in whatever order it was said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.errors import InputError
from engine.model.people.person_links import HIDDEN, LinkGroups, LinkVerdict, PersonPair, check_verdict

PERSONS = [f"{site}/pe-{number}" for site in ("east", "north", "south") for number in range(3)]


def pair(a: str, b: str, verdict: LinkVerdict = LinkVerdict.OPEN, at_ns: int = 0) -> PersonPair:
    a, b = sorted((a, b))
    return PersonPair("missing", a, b, a, 0.7, "m", verdict=verdict, judged_ns=at_ns)


def told(*said: tuple[int, int, LinkVerdict]) -> list[PersonPair]:
    return [pair(PERSONS[x], PERSONS[y], verdict, number) for number, (x, y, verdict) in enumerate(said) if x != y]


said = st.tuples(st.integers(0, 8), st.integers(0, 8), st.sampled_from(LinkVerdict))
PAIRS = st.lists(said, max_size=25).map(lambda rows: told(*rows))


@given(PAIRS, st.randoms())
def test_groups_are_disjoint_hold_to_every_veto_and_depend_on_no_order(pairs: list[PersonPair], random: object) -> None:
    groups = LinkGroups(pairs).groups()
    members = [each for group in groups for each in group]
    assert len(members) == len(set(members)) and all(len(group) > 1 for group in groups)
    apart = [each.ids for each in pairs if each.verdict is LinkVerdict.DIFFERENT]
    assert all(not set(ids) <= group for ids in apart for group in groups)
    random.shuffle(pairs)  # type: ignore[attr-defined]
    assert LinkGroups(pairs).groups() == groups


@given(PAIRS)
def test_without_a_veto_groups_are_what_links_connect(pairs: list[PersonPair]) -> None:
    links = [each for each in pairs if each.verdict is LinkVerdict.SAME]
    groups, reached = LinkGroups(links), {each: {each} for each in PERSONS}
    for _ in PERSONS:
        for link in links:
            both = reached[link.a] | reached[link.b]
            for each in both:
                reached[each] = both
    assert {each: groups.group_of(each) for each in PERSONS} == {each: frozenset(reached[each]) for each in PERSONS}


@given(PAIRS)
def test_verdicts_that_were_checked_one_after_the_other_all_hold(pairs: list[PersonPair]) -> None:
    held: dict[tuple[str, str], PersonPair] = {}
    for each in pairs:
        others = [other for ids, other in held.items() if ids != each.ids]
        try:
            check_verdict(each, each.verdict, others)
        except InputError:
            continue
        held[each.ids] = each
    groups = LinkGroups(held.values())
    assert all(each.b in groups.group_of(each.a) for each in held.values() if each.verdict is LinkVerdict.SAME)


def test_a_link_that_would_join_two_who_are_not_the_same_names_them() -> None:
    others = told((0, 3, LinkVerdict.SAME), (0, 6, LinkVerdict.DIFFERENT))
    with pytest.raises(InputError, match="east/pe-0 and south/pe-0"):
        check_verdict(pair(PERSONS[3], PERSONS[6]), LinkVerdict.SAME, others)


def test_who_may_not_see_one_of_them_does_not_hear_who_it_is() -> None:
    others = told((0, 3, LinkVerdict.SAME), (0, 6, LinkVerdict.DIFFERENT))
    with pytest.raises(InputError) as refused:
        check_verdict(pair(PERSONS[3], PERSONS[6]), LinkVerdict.SAME, others, lambda person_id: not person_id.startswith("east/"))
    assert refused.value.message == HIDDEN


def test_two_whom_others_link_are_not_said_to_be_different() -> None:
    others = told((0, 3, LinkVerdict.SAME), (3, 6, LinkVerdict.SAME))
    third = pair(PERSONS[0], PERSONS[6], LinkVerdict.SAME)
    with pytest.raises(InputError, match="other links"):
        check_verdict(third, LinkVerdict.DIFFERENT, others)
    check_verdict(replace(third, verdict=LinkVerdict.SAME), LinkVerdict.DIFFERENT, others[:1])
