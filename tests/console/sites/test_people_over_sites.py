"""People over two sites: told apart where they share a name, looked for by name and by likeness at both, or at one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from console.actions.moment_actions import SIMILAR
from console.pages.investigate.investigate import InvestigatePage
from console.pages.people.people import PeoplePage
from console.searching.hit_words import said_site
from console.sites.sites_bridge import SitesBridge
from console.window import MainWindow
from engine.model.command_terms import terms_from
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.history.timeline import DescribeLook, HitKind, SaveSearch, SearchAlike, SearchHit, SearchRecord, TrackBack
from engine.model.people.commands import MergePersons, PutPerson, RenamePerson
from engine.model.people.person import Person
from engine.model.people.settings import PeopleSettings
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine

Keys = Callable[[str], str]
Engines = dict[str, FakeEngine]


@pytest.fixture
def engines(engines: Engines) -> Engines:
    """Anna is known at both, under the same id; Bo in the north, Cleo in the south."""
    for name, other in (("North", "Bo"), ("South", "Cleo")):
        engine = engines[name]
        engine.settings = replace(engine.settings, recognition=PeopleSettings(True, purpose="To find who was in view"))
        engine.people = replace(engine.people, persons=(Person("pe-1", "Anna"), Person("pe-2", other)))
        engine.past.hits = [
            SearchHit(HitKind.EVENT, f"ev-{n}", engine.now_ns - n * SECOND, f"Anna at {name} {n}", None, camera, "pe-1", event_id=f"ev-{n}")
            for n, camera in ((1, "own"), (2, "yard"))
        ]
        engine.tick()
    return engines


@pytest.fixture
def found(window: MainWindow, qtbot: QtBot) -> Iterator[Any]:
    """The results of Investigate."""
    qtbot.waitUntil(lambda: len(names(window)) == 4)
    window.show_page("investigate")
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    page.show_tab(page.found)
    qtbot.waitUntil(lambda: page.found._snapshot is not None)
    yield page.found


def names(window: MainWindow) -> dict[str, str]:
    assert window.snapshot is not None
    return {person.id: person.name for person in window.snapshot.people.persons}


def bridge_of(window: MainWindow) -> SitesBridge:
    bridge = window._bridge
    assert isinstance(bridge, SitesBridge)
    return bridge


def asked(engine: FakeEngine, kind: type[Any]) -> list[Any]:
    return [question for question in engine.past.asked if isinstance(question, kind)]


def rows(found: Any) -> list[tuple[str, str]]:
    """Text and place."""
    return [(row.text, row.where) for row in found.list.model().all_rows()]


# Names


def test_a_name_says_its_site_only_where_another_site_knows_it_too(window: MainWindow, key_of: Keys, qtbot: QtBot):
    north, south = key_of("North"), key_of("South")
    qtbot.waitUntil(lambda: len(names(window)) == 4)
    assert names(window) == {
        f"{north}/pe-1": "Anna (North)",
        f"{north}/pe-2": "Bo",
        f"{south}/pe-1": "Anna (South)",
        f"{south}/pe-2": "Cleo",
    }
    bridge = bridge_of(window)
    snapshot = bridge.port.snapshot()
    one, again = (bridge._named_for_screen(snapshot) for _ in range(2))
    assert one.people.persons is again.people.persons and one.people.persons is not snapshot.people.persons


def test_a_person_is_saved_under_the_name_its_site_knows(window: MainWindow, engines: Engines, key_of: Keys, qtbot: QtBot):
    qtbot.waitUntil(lambda: len(names(window)) == 4)
    anna, done = f"{key_of('South')}/pe-1", list[str]()
    shown = PutPerson("Anna (South)", person_id=anna)
    command, terms = bridge_of(window)._as_the_site_has_it(shown, terms_from(shown))
    assert isinstance(command, PutPerson) and command.name == "Anna" and terms.basis is not None and terms.basis["name"] == "Anna"
    bridge_of(window).command(RenamePerson(anna, "Anna Berg (South)"), done.append, lambda error: done.append(str(error)))
    qtbot.waitUntil(lambda: bool(done))
    assert [each for each in engines["South"].commands if isinstance(each, RenamePerson)] == [RenamePerson("pe-1", "Anna Berg")], done
    assert not [each for each in engines["North"].commands if isinstance(each, RenamePerson)]


def test_people_are_merged_within_their_site(window: MainWindow, key_of: Keys, qtbot: QtBot):
    qtbot.waitUntil(lambda: len(names(window)) == 4)
    window.show_page("people")
    page = window.page("people")
    assert isinstance(page, PeoplePage)
    beside = [known.person.name for known in page.actions_of.people_beside(f"{key_of('South')}/pe-1")]
    assert beside == ["Anna (South)", "Cleo"]
    refused: list[WatchroomError] = []
    wished: list[Any] = []
    bridge_of(window).site_wanted.connect(wished.append)
    both = MergePersons(f"{key_of('North')}/pe-1", f"{key_of('South')}/pe-1")
    bridge_of(window).command(both, lambda _: None, refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    assert "several sites" in str(refused[0]) and not wished, "which site is no question there"


def test_each_site_recognises_for_its_own_purpose(window: MainWindow, engines: Engines, key_of: Keys, qtbot: QtBot):
    qtbot.waitUntil(lambda: len(names(window)) == 4)
    window.show_page("people")
    page = window.page("people")
    assert isinstance(page, PeoplePage)
    qtbot.waitUntil(lambda: page.summary.text().startswith("Recognised for: To find who was in view"))

    def recognise(name: str, settings: PeopleSettings) -> None:
        engines[name].settings = replace(engines[name].settings, recognition=settings)
        engines[name].tick()

    recognise("South", PeopleSettings(True, purpose="To find lost children.", archive_days=7, erase_days=30))
    qtbot.waitUntil(lambda: "Recognised at South for: To find lost children, archived" in page.summary.text())
    assert "Recognised at North for: To find who was in view, archived" in page.summary.text()
    recognise("North", PeopleSettings())
    qtbot.waitUntil(lambda: page.summary.text().startswith("Recognition is off at North · Recognised at South for:"))
    assert [text for text, _ in page.notices._shown] == ["At North people are identified by their devices and by operators only."]
    page.want(f"{key_of('North')}/pe-2")
    qtbot.waitUntil(lambda: page.card.isVisible() and page.steps.clip_button.isHidden())  # no face is learned there
    page.want(f"{key_of('South')}/pe-2")
    qtbot.waitUntil(lambda: not page.steps.clip_button.isHidden())
    recognise("South", PeopleSettings())
    qtbot.waitUntil(lambda: page.summary.text() == "Recognition is off: faces and voices are not compared.")


# By name


def test_a_name_is_looked_for_at_both_sites(found: Any, engines: Engines, qtbot: QtBot):
    for text in ("Anna", "person:Anna"):
        for engine in engines.values():
            engine.past.asked.clear()
        found.search_text(text)
        qtbot.waitUntil(lambda: all(asked(engine, SearchRecord) for engine in engines.values()))
        for engine in engines.values():
            (question,) = asked(engine, SearchRecord)
            assert (question.filter.text, question.filter.person_id) == (text, ""), "each site knows by its own gallery who that is"
    found.search_text("Anna")
    qtbot.waitUntil(lambda: len(rows(found)) == 4)
    assert {where.rsplit(" · ")[0] for _, where in rows(found)} == {"Gate", "Quay", "Yard (North)", "Yard (South)"}
    assert {where for _, where in rows(found)} >= {"Gate · North", "Quay · South"}, "whose Anna it is"


def test_both_are_offered_and_one_is_looked_for_at_its_site_only(found: Any, engines: Engines, key_of: Keys, qtbot: QtBot):
    found.offer_chips("anna")
    assert [chip.text() for chip in found.chips.offers] == ["Person: Anna (North)", "Person: Anna (South)"]
    for engine in engines.values():
        engine.past.asked.clear()
    found.chips.offers[1].click()
    qtbot.waitUntil(lambda: len(rows(found)) == 2)
    assert asked(engines["South"], TrackBack) == [TrackBack("pe-1")]
    assert not asked(engines["North"], TrackBack) and not asked(engines["North"], SearchRecord)


# By likeness


def test_who_looks_alike_is_looked_for_at_both_and_says_where(found: Any, engines: Engines, key_of: Keys, window: MainWindow, qtbot: QtBot):
    window.page("investigate").visit(f"{SIMILAR}{key_of('South')}/ev-1")
    qtbot.waitUntil(lambda: len(rows(found)) == 3)
    assert [each.like_id for each in asked(engines["South"], SearchAlike)] == ["ev-1"]
    (told,) = asked(engines["North"], SearchAlike)
    assert told.look is not None and told.from_site == "South" and not told.like_id
    assert [each.sites for each in asked(engines["South"], DescribeLook)] == [("North",)]
    assert sorted(where for _, where in rows(found)) == ["Gate · North", "Yard (North)", "Yard (South)"], "not the one that is asked about"
    assert "3 of 3 appearances" in found.headline.text()


def test_a_site_that_was_not_compared_is_named(found: Any, engines: Engines, key_of: Keys, window: MainWindow, qtbot: QtBot):
    engines["North"].fail("ask", EnvironmentFault("other_model", "People are described by another model here."), SearchAlike)
    window.page("investigate").visit(f"{SIMILAR}{key_of('South')}/ev-1")
    qtbot.waitUntil(lambda: len(rows(found)) == 1)
    assert "Not compared at North: People are described by another model here." in found.headline.text()
    engines["South"].past.hits = [hit for hit in engines["South"].past.hits if hit.id == "ev-1"]
    engines["North"].fail("ask", EnvironmentFault("other_model", "People are described by another model here."), SearchAlike)
    found.search_alike(found._alike)
    qtbot.waitUntil(lambda: "No other appearances" in found.empty._title.text() and not rows(found))
    engines["South"].past.hits = []
    engines["North"].fail("ask", EnvironmentFault("other_model", "People are described by another model here."), SearchAlike)
    found.search_alike(found._alike)
    qtbot.waitUntil(lambda: "Not compared at North" in found.empty._text.text())


# At the chosen site


def test_a_search_is_limited_to_a_site(found: Any, engines: Engines, key_of: Keys, window: MainWindow, qtbot: QtBot):
    box = found.choices.site
    assert [box.itemText(number) for number in range(box.count())] == ["Site", "North", "South"]
    for engine in engines.values():
        engine.past.asked.clear()
    box.setCurrentIndex(2)
    box.activated.emit(2)
    qtbot.waitUntil(lambda: len(rows(found)) == 2)
    assert not asked(engines["North"], SearchRecord) and asked(engines["South"], SearchRecord)[-1].filter.sites == ()
    assert [chip.text() for chip in found.chips.chips] == ["Site: South"]
    window.page("investigate").visit(f"{SIMILAR}{key_of('North')}/ev-1")
    qtbot.waitUntil(lambda: bool(asked(engines["South"], SearchAlike)) and len(rows(found)) == 2)
    assert not asked(engines["North"], SearchAlike) and asked(engines["North"], DescribeLook), "described there, compared here only"
    found.chips.chips[0].click()
    qtbot.waitUntil(lambda: len(rows(found)) == 3)
    engines["North"].past.asked.clear()
    found.search_text("site:South anna")
    qtbot.waitUntil(lambda: len(rows(found)) == 2 and not asked(engines["North"], SearchRecord))


def test_the_form_names_what_all_sites_have_and_says_which_of_them_was_not_asked(
    found: Any, engines: Engines, key_of: Keys, window: MainWindow, qtbot: QtBot
):
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    page.head.form.click()
    qtbot.waitUntil(lambda: len(rows(found)) == 4)
    who = next(menu for button in page.chips.buttons if button.accessibleName().startswith("Who") and (menu := button.menu()))
    assert {"Anna (North)", "Anna (South)", "Bo (North)"} <= {action.text() for action in who.actions()}
    for engine in engines.values():
        engine.past.asked.clear()
    page.chips.chosen.emit("who", f"person:{key_of('South')}/pe-1")
    qtbot.waitUntil(lambda: len(rows(found)) == 2)
    assert found.headline.text().endswith("North was not asked: what is chosen belongs to another site.")
    assert not asked(engines["North"], SearchRecord) and asked(engines["South"], SearchRecord)[-1].filter.person_id == "pe-1"
    page.chips.chosen.emit("who", "anything")
    qtbot.waitUntil(lambda: len(rows(found)) == 4 and "not asked" not in found.headline.text())
    wanted: list[tuple[str, str]] = []
    page.visit_requested.connect(lambda where, what: wanted.append((where, what)))
    page.question.setText("who was here?")
    page.ask()
    assert wanted == [("chat", "who was here?")], "no site answers for another in Ask"


def test_a_kept_search_is_of_no_site_of_this_console(found: Any, engines: Engines, key_of: Keys, qtbot: QtBot, window: MainWindow):
    found.search_text("site:South camera:Quay")
    qtbot.waitUntil(lambda: len(rows(found)) == 1)
    found.saves.save_current()
    qtbot.waitUntil(lambda: any(isinstance(each, SaveSearch) for each in engines["South"].commands))
    (kept,) = [each for each in engines["South"].commands if isinstance(each, SaveSearch)]
    assert kept.filter.sites == () and kept.filter.camera_ids == ("own",)


def test_a_site_is_said_where_it_is_a_question():
    looks = SearchHit(HitKind.LOOKS, "a/t-1", 1, "Somebody", camera_id="a/own")
    sites, shown = {"a": "North", "b": "South"}, {"a/own": "Gate", "a/yard": "Yard (North)", "a/pe-1": "Anna (North)"}
    assert said_site(looks, sites, shown) == "North" and said_site(looks, {}, shown) == ""
    assert said_site(replace(looks, camera_id="a/yard"), sites, shown) == ""
    event = replace(looks, kind=HitKind.EVENT)
    assert said_site(event, sites, shown) == "" and said_site(replace(event, person_id="a/pe-1"), sites, shown) == "North"
