"""People whom a hub's links make one, on screen: one row, compared with other sites, reviewed with both pictures, and undone."""

from collections.abc import Callable
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from console.dialogs.people.compare_sites import CompareSitesDialog, ReviewPairsDialog
from console.pages.investigate.investigate import InvestigatePage
from console.pages.people.people import PeoplePage
from console.sites.linked_people import ReachedHub
from console.sites.many_sites import ManySites
from console.window import MainWindow
from engine.model.errors import EnvironmentFault
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.people.person import NameSource, Person
from engine.model.people.person_links import Comparison, LinkVerdict, PersonPair, SkippedSite
from engine.model.people.purposes import SetPersonPurpose, SitePurpose
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine
from tests.fakes.hub_people import MISSING, FakeHubPeople, found_pair
from tests.fakes.people import add_person, recognising

Keys = Callable[[str], str]
Engines = dict[str, FakeEngine]
LINK = found_pair("north/pe-1", "south/pe-7", verdict=LinkVerdict.SAME)


@pytest.fixture
def engines(engines: Engines) -> Engines:
    """Anna is known at both: named in the north, met by the cameras of the south."""
    north, south = engines["North"], engines["South"]
    for engine in (north, south):
        recognising(engine)
        engine.purposes = (SitePurpose(MISSING, 1, "Rita"),)
    add_person(north, Person("pe-1", "Anna", visits=2, last_seen_ns=north.now_ns - 900 * SECOND, last_camera_id="own"), 3)
    add_person(north, Person("pe-2", "Bo"), 1)
    seen_ns = south.now_ns - 60 * SECOND
    add_person(
        south, Person("pe-7", "Person_0000BEEF", name_source=NameSource.GENERATED, visits=5, last_seen_ns=seen_ns, last_camera_id="yard"), 2
    )
    for name, person_id in (("North", "pe-1"), ("South", "pe-7")):
        engine = engines[name]
        engine.past.hits = [
            SearchHit(HitKind.EVENT, f"ev-{n}", engine.now_ns - n * SECOND, f"{name} {n}", None, "own", person_id, event_id=f"ev-{n}")
            for n in (1, 2)
        ]
    return engines


@pytest.fixture
def people() -> FakeHubPeople:
    return FakeHubPeople()


@pytest.fixture(autouse=True)
def hub(sites: ManySites, key_of: Keys, people: FakeHubPeople) -> FakeHubPeople:
    reached = (ReachedHub("hub", people, {"north": key_of("North"), "south": key_of("South")}),)
    sites.sessions.hubs.reached = lambda: reached  # type: ignore[method-assign]
    return people


def page_of(window: MainWindow, qtbot: QtBot) -> PeoplePage:
    window.show_page("people")
    page = window.page("people")
    assert isinstance(page, PeoplePage)
    qtbot.waitUntil(lambda: len(page.actions_of.people()) == 3)
    return page


def names(page: PeoplePage) -> dict[str, tuple[str, ...]]:
    """Of the rows: the sites that each says."""
    rows = [page.table.known_person(key) for key in page.table.shown_keys()]
    return {row.person.name: row.sites for row in rows if row is not None}


def told(page: PeoplePage, hub: FakeHubPeople, *pairs: object) -> None:
    hub.known = list(pairs)  # type: ignore[arg-type]
    assert page._bridge.linked_people is not None
    page._bridge.linked_people.renew()


# One row


def test_linked_people_are_one_row_with_their_sites_and_visits_of_both(window: MainWindow, hub: FakeHubPeople, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    qtbot.waitUntil(lambda: names(page) == {"Anna": (), "Bo": (), "Person_0000BEEF": ()})
    told(page, hub, LINK)
    qtbot.waitUntil(lambda: names(page) == {"Anna": ("North", "South"), "Bo": ()})
    [row] = [page.table.known_person(key) for key in page.table.shown_keys() if page.table.known_person(key).person.name == "Anna"]
    assert (row.person.visits, len(row.faces), row.names) == (7, 5, ("Person_0000BEEF",))
    assert row.where.startswith("Yard"), "where they were seen last, at whichever site"
    page.table.filter_people("BEEF")
    assert len(page.table.shown_keys()) == 1, "found by the name at the other site, too"


def test_the_card_shows_who_they_are_at_each_site(window: MainWindow, hub: FakeHubPeople, key_of: Keys, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    told(page, hub, LINK)
    north, south = f"{key_of('North')}/pe-1", f"{key_of('South')}/pe-7"
    qtbot.waitUntil(lambda: len(names(page)) == 2)
    page.want(south)
    assert page.table.selected_key() == north and page.selected_person() == south
    qtbot.waitUntil(lambda: page.site_tabs.isVisible())
    assert [button.text() for button in page.site_tabs.buttons.values()] == ["North: Anna", "South: Person_0000BEEF"]
    assert page.card.name.text() == "Person_0000BEEF"
    page.site_tabs.buttons[north].click()
    assert page.card.name.text() == "Anna" and page.selected_person() == north
    bo = next(key for key in page.table.shown_keys() if key != north)
    page.want(bo)
    assert page.site_tabs.isHidden()


def test_a_link_is_undone_from_the_menu(window: MainWindow, hub: FakeHubPeople, key_of: Keys, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    told(page, hub, LINK)
    qtbot.waitUntil(lambda: len(names(page)) == 2)
    menu = page.menu_of(f"{key_of('North')}/pe-1")
    undo = next(action for action in menu.actions() if "ndo links" in action.text())
    undo.trigger()
    qtbot.waitUntil(lambda: len(names(page)) == 3)
    assert [pair.verdict for pair in hub.known] == [LinkVerdict.OPEN] and page.review_button.isVisible()


def test_an_answer_of_before_a_verdict_changes_nothing(
    window: MainWindow, hub: FakeHubPeople, key_of: Keys, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(window, qtbot)
    told(page, hub, LINK)
    qtbot.waitUntil(lambda: len(names(page)) == 2)
    linked, asked, answered, taken = page._bridge.linked_people, Event(), Event(), list[int]()
    assert linked is not None
    stale, take = tuple(hub.known), linked._take

    def late() -> tuple[PersonPair, ...]:
        asked.set()
        answered.wait(60)
        return stale

    def noted(at: ReachedHub, verdicts: int, pairs: tuple[PersonPair, ...]) -> None:
        take(at, verdicts, pairs)
        taken.append(verdicts)

    monkeypatch.setattr(hub, "pairs", late)
    monkeypatch.setattr(linked, "_take", noted)
    linked.renew()
    qtbot.waitUntil(asked.is_set)
    page.actions_of.undo_link(f"{key_of('North')}/pe-1")
    qtbot.waitUntil(lambda: len(names(page)) == 3)
    answered.set()
    qtbot.waitUntil(lambda: bool(taken))
    assert not linked.links_of(f"{key_of('North')}/pe-1"), "they stay parted"


def test_people_of_a_site_that_is_not_shown_are_in_no_link(window: MainWindow, hub: FakeHubPeople, key_of: Keys, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    told(page, hub, LINK, found_pair("north/pe-1", "west/pe-3", verdict=LinkVerdict.SAME))
    qtbot.waitUntil(lambda: len(names(page)) == 2)
    page._bridge.show_sites((key_of("North"),))  # type: ignore[attr-defined]
    page = window.page("people")  # made anew
    assert isinstance(page, PeoplePage)
    qtbot.waitUntil(lambda: names(page) == {"Anna": (), "Bo": ()})
    assert page.actions_of.linked_with(f"{key_of('North')}/pe-1") == ()


# Compare


def compare(page: PeoplePage, person_id: str, qtbot: QtBot) -> CompareSitesDialog:
    menu = page.menu_of(person_id)
    next(action for action in menu.actions() if "Compare with other" in action.text()).trigger()
    dialog = page.findChild(CompareSitesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.purpose.isVisible() and dialog.purpose.count() == 1)
    return dialog


def test_nothing_is_compared_before_somebody_is_under_the_purpose(
    window: MainWindow, hub: FakeHubPeople, engines: Engines, key_of: Keys, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    hub.outcome = Comparison((found_pair("north/pe-1", "south/pe-7"),), ("south",), ())
    dialog = compare(page, f"{key_of('North')}/pe-1", qtbot)
    assert "Lawful basis: Consent of the family" in dialog.terms.text() and "Sites that agree: South" in dialog.terms.text()
    assert not dialog.compare.isEnabled() and hub.asked == []
    dialog.under.click()
    qtbot.waitUntil(dialog.compare.isEnabled)
    assert SetPersonPurpose("pe-1", "missing") in engines["North"].commands and hub.asked == []
    dialog.compare.click()
    qtbot.waitUntil(lambda: len(dialog.pairs.rows) == 1)
    assert hub.asked == [("north", "pe-1", "missing")] and "South" in dialog.outcome.text()
    [row] = dialog.pairs.rows.values()
    assert row.accessibleName() == "Anna (North) – Person_0000BEEF (South)" and "Similarity 0.71" in row.facts.text()
    row.same.click()
    qtbot.waitUntil(row.undo.isVisible)
    assert row.said.text().startswith("Same person: Ada, ") and len(names(page)) == 2
    row.undo.click()
    qtbot.waitUntil(row.same.isVisible)
    assert [pair.verdict for pair in hub.known] == [LinkVerdict.OPEN]
    dialog.close()


@pytest.mark.parametrize("outcome", ["nobody", "other model", "refused"])
def test_what_came_of_it_is_said(
    window: MainWindow, hub: FakeHubPeople, engines: Engines, key_of: Keys, outcome: str, qtbot: QtBot
) -> None:
    engines["North"].purposes = (SitePurpose(MISSING, 1, "Rita", ("pe-1",)),)
    page = page_of(window, qtbot)
    if outcome == "other model":
        hub.outcome = Comparison((), (), (SkippedSite("south", "cannot be compared: this site uses the model sface-11111111."),))
    if outcome == "refused":
        hub.trouble = EnvironmentFault("too_many", "120 persons were compared over sites within an hour. Try again later.")
    dialog = compare(page, f"{key_of('North')}/pe-1", qtbot)
    qtbot.waitUntil(dialog.compare.isEnabled)
    dialog.compare.click()
    qtbot.waitUntil(lambda: dialog.outcome.text() not in ("Comparing…",))
    if outcome == "nobody":
        assert dialog.outcome.text() == "Nobody similar is known at: South"
    elif outcome == "other model":
        assert dialog.outcome.text() == "No site could compare." and "South: cannot be compared" in dialog.skipped.text()
    else:
        assert "within an hour" in dialog.trouble.text() and dialog.compare.isEnabled()
    dialog.close()


def test_a_person_of_a_site_without_a_hub_is_not_compared(window: MainWindow, sites: ManySites, key_of: Keys, qtbot: QtBot) -> None:
    sites.sessions.hubs.reached = lambda: ()  # type: ignore[method-assign]
    page = page_of(window, qtbot)
    page._bridge.linked_people._hubs = lambda: ()  # type: ignore[union-attr]
    menu = page.menu_of(f"{key_of('North')}/pe-1")
    assert not any("Compare with other" in action.text() for action in menu.actions())


# Review


def review(page: PeoplePage, qtbot: QtBot) -> ReviewPairsDialog:
    qtbot.waitUntil(page.review_button.isVisible)
    page.review_button.click()
    dialog = page.findChild(ReviewPairsDialog)
    assert dialog is not None
    return dialog


def test_proposals_are_reviewed_and_what_was_decided_is_undone(window: MainWindow, hub: FakeHubPeople, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    told(page, hub, found_pair("north/pe-1", "south/pe-7"), found_pair("north/pe-2", "south/pe-7", 0.44, LinkVerdict.DIFFERENT))
    dialog = review(page, qtbot)
    assert page.review_button.text().endswith("(1)…")
    [row] = dialog.pairs.rows.values()
    row.different.click()
    qtbot.waitUntil(row.undo.isVisible)
    assert len(dialog.pairs.rows) == 1, "it stays on screen, to be undone"
    dialog.decided.click()
    assert len(dialog.pairs.rows) == 2
    dialog.close()


def test_a_verdict_against_others_says_which_stand_against_it(window: MainWindow, hub: FakeHubPeople, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    others = (
        found_pair("north/pe-1", "west/pe-3", verdict=LinkVerdict.SAME),
        found_pair("south/pe-7", "west/pe-3", verdict=LinkVerdict.DIFFERENT),
    )
    told(page, hub, found_pair("north/pe-1", "south/pe-7"), *others)
    dialog = review(page, qtbot)
    [row] = dialog.pairs.rows.values()
    row.same.click()
    qtbot.waitUntil(row.trouble.isVisible)
    assert "south/pe-7 and west/pe-3" in row.trouble.text() and row.same.isEnabled()
    dialog.close()


# Search


def test_where_somebody_was_follows_their_links(
    window: MainWindow, hub: FakeHubPeople, key_of: Keys, engines: Engines, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    told(page, hub, LINK)
    qtbot.waitUntil(lambda: len(names(page)) == 2)
    window.show_page("investigate")
    investigate = window.page("investigate")
    assert isinstance(investigate, InvestigatePage)
    qtbot.waitUntil(lambda: investigate.found._snapshot is not None)
    investigate.visit(f"person:{key_of('North')}/pe-1")
    rows = investigate.found.list.model().all_rows
    qtbot.waitUntil(lambda: len(rows()) == 4)
    assert sorted(row.text for row in rows()) == ["North 1", "North 2", "South 1", "South 2"]
    assert [row.at_ns for row in rows()] == sorted((row.at_ns for row in rows()), reverse=True)


def test_a_hub_of_a_version_before_leaves_people_as_they_are(window: MainWindow, hub: FakeHubPeople, qtbot: QtBot) -> None:
    def unknown() -> tuple[object, ...]:
        raise EnvironmentFault("unreachable", "no such path")

    hub.pairs = unknown  # type: ignore[method-assign,assignment]
    page = page_of(window, qtbot)
    page._bridge.linked_people.renew()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: len(names(page)) == 3)
    assert page.review_button.isHidden()
