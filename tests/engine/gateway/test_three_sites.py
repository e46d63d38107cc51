"""Three engines, processes in networks of their own, and two consoles over them: one engine is killed, cut off and slowed, the others go
on, and no command reaches a site that it was not for. Figures of the same: `tests/soak/test_three_sites_soak.py`."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.gateway.federation.pages import PAGINGS
from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.gateway.remote import calls, sending
from engine.model.accounts.handover import ListHandovers, WriteHandover
from engine.model.errors import EnvironmentFault
from engine.model.history.timeline import ListBookmarks, PutBookmark, SearchFilter, SearchRecord
from engine.model.sites import SiteReach
from engine.model.time import SECOND
from tests.engine.gateway.test_federated_pages import identities, paged
from tests.fakes.three_sites import KEYS, QUICK, SLOW, ConsoleOverSites, SiteOfThree, three_sites
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until

PAGES = 40
_RECORD_ENDS_NS = 3_600 * SECOND  # what the cameras see meanwhile is later


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SiteOfThree]]:
    folder = tmp_path_factory.mktemp("sites")
    video = write_clip(folder / "yard.mp4", Clip(fps=10, frames=40, gop=10))
    with three_sites(folder, [f"Yard=file:{video}"]) as found:
        yield found


@pytest.fixture
def consoles(sites: dict[str, SiteOfThree], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ConsoleOverSites, ConsoleOverSites]]:
    monkeypatch.setattr(calls, "REQUEST_S", 60.0)  # a busy machine answers late
    monkeypatch.setattr(sending, "REPEAT_S", 1.0)  # and a command to who is gone is given up early
    both = ConsoleOverSites(sites), ConsoleOverSites(sites)
    try:
        for console in both:
            console.watch_all()
            for key in KEYS:
                console.wait_pictures(key, 1)
        yield both
    finally:
        for console in both:
            console.close()


def camera_of(console: ConsoleOverSites, key: str) -> str:
    return next(view.settings.id for view in console.port.snapshot().cameras if view.settings.id.startswith(f"{key}/"))


def notes(console: ConsoleOverSites, key: str) -> list[str]:
    return [bookmark.note for bookmark in console.port.of(key).ask(ListBookmarks())]


def others_go_on(consoles: tuple[ConsoleOverSites, ConsoleOverSites], away: str, note: str) -> None:
    """While one is away: pictures and commands of the others, and none that strays."""
    for number, console in enumerate(consoles):
        for key in KEYS:
            text = f"{note} {number} for {key}"
            command = PutBookmark(7 * SECOND, text, camera_id=camera_of(console, key))
            if key == away:
                with pytest.raises(EnvironmentFault):
                    console.port.command(command)
            else:
                console.wait_pictures(key, 10)
                console.port.command(command)
                assert text in notes(console, key)


def all_is_back(consoles: tuple[ConsoleOverSites, ConsoleOverSites], key: str, note: str) -> None:
    for console in consoles:
        console.wait_reach(key, SiteReach.ONLINE)
        console.wait_pictures(key, 5)
    for key_ in KEYS:
        strayed = [text for text in notes(consoles[0], key_) if text.startswith(note) and not text.endswith(f"for {key_}")]
        assert not strayed, f"{key_} was sent what was another's"


def test_one_is_cut_off_and_comes_back(sites: dict[str, SiteOfThree], consoles: tuple[ConsoleOverSites, ConsoleOverSites]) -> None:
    sites["south"].cut()
    for console in consoles:
        console.wait_reach("south", SiteReach.AWAY)
    for console in consoles:
        for key in ("north", "west"):
            console.wait_pictures(key, 10)
            console.port.command(PutBookmark(7 * SECOND, f"cut for {key}", camera_id=camera_of(console, key)))
    shown = [console.shown_of("south") for console in consoles]  # by now what was under way is shown
    consoles[0].wait_pictures("north", 10)
    assert [console.shown_of("south") for console in consoles] == shown, "nothing comes through"
    sites["south"].mend()
    all_is_back(consoles, "south", "cut")


def test_one_is_killed_and_comes_back(sites: dict[str, SiteOfThree], consoles: tuple[ConsoleOverSites, ConsoleOverSites]) -> None:
    sites["west"].kill()
    for console in consoles:
        console.wait_reach("west", SiteReach.AWAY)
    others_go_on(consoles, "west", "killed")
    sites["west"].restart()
    all_is_back(consoles, "west", "killed")


def test_one_is_slow_and_holds_nobody_up(sites: dict[str, SiteOfThree], consoles: tuple[ConsoleOverSites, ConsoleOverSites]) -> None:
    sites["north"].line.change(*SLOW)
    others_go_on(consoles, "", "slow")
    until(lambda: (consoles[0].port.snapshot().site("north").latency_ms or 0.0) >= 400.0, "it is told how slow it is")  # type: ignore[union-attr]
    consoles[0].wait_reach("north", SiteReach.ONLINE)
    sites["north"].line.change(*QUICK)
    all_is_back(consoles, "north", "slow")


def ids_at(console: ConsoleOverSites, question: Any) -> dict[str, list[str]]:
    """By site: each asked by itself for everything, in its own order; as the console calls them."""
    found: dict[str, list[str]] = {}
    for key in KEYS:
        rows, _ = paged(console.port.of(key), question, random.Random(1))  # type: ignore[arg-type]
        found[key] = identities(question, [rewrite(row, Qualifier(key)) for row in rows])
    return found


def is_union(question: Any, rows: list[Any], wanted: dict[str, list[str]]) -> bool:
    """The newest first, each site's rows all there once, and in its own order, which is the site's where times are the same."""
    times, got = [PAGINGS[type(question)].time(question, row) for row in rows], identities(question, rows)
    own = {key: [each for each in got if f"{key}/" in each.partition(":")[2] or each.startswith(f"{key}/")] for key in KEYS}
    return times == sorted(times, reverse=True) and own == wanted and len(got) == sum(map(len, wanted.values()))


def write_record(console: ConsoleOverSites, rows: int) -> None:
    for key in KEYS:
        console.wait_reach(key, SiteReach.ONLINE)
    for number in range(rows):
        for key in KEYS:
            console.port.of(key).command(PutBookmark((number // 3) * SECOND, f"{number} of {key}"))
            console.port.of(key).command(WriteHandover(f"{number} of {key}"))


def random_pages(console: ConsoleOverSites, wanted: int) -> int:
    """Reads the record in pages of any size until there were so many; all of each time is the union of what the sites have."""
    rng, count = random.Random(23), 0
    questions = ListHandovers(), SearchRecord(SearchFilter(until_ns=_RECORD_ENDS_NS))
    whole = {type(question): ids_at(console, question) for question in questions}
    while count < wanted:
        for question in questions:
            found, pages = paged(console.port, replace(question), rng)
            assert is_union(question, found, whole[type(question)])
            count += pages
    return count


def test_random_pages_over_real_engines_are_the_union(consoles: tuple[ConsoleOverSites, ConsoleOverSites]) -> None:
    write_record(consoles[0], 12)
    assert random_pages(consoles[1], PAGES) >= PAGES
