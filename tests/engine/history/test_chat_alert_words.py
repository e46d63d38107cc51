"""How answers tell alerts: by what they are about and in the words of their card; the ids are in what is cited."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from engine.history.names import Directory, directory_of
from engine.model.alerts.alert import AlertState
from engine.model.event import EventKind
from engine.model.fire.smoke import Lookout
from engine.model.history.chat import CitationKind
from engine.model.history.query import Viewer
from tests.engine.history.chat_site import EVERYTHING, Site
from tests.fakes.week import PEOPLE, SETTINGS, day, generated, kept

RIDGE = Lookout("tower-ridge", 59.4, 18.1, name="Ridge tower")


@dataclass(slots=True)
class SiteWithLookout(Site):
    def directory(self, viewer: Viewer = EVERYTHING) -> Directory:
        return directory_of(replace(SETTINGS, lookouts=(RIDGE,)), PEOPLE, ("wave",), viewer.cameras)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    week = generated()
    smoke = week.add(EventKind.SMOKE, day(7, 8), 5, 4, camera_id="tower-ridge", subject_id="pl-1")
    week.raise_alert(smoke, AlertState.NEW, 4, reason="Smoke detected.")
    with closing(kept(week, tmp_path_factory.mktemp("alerts") / "data")) as store:
        yield SiteWithLookout(store.asked)


def test_a_lookout_is_told_by_its_name_and_an_alert_by_what_it_is_about(site: Site) -> None:
    answer = site.ask("which alerts were there today")
    assert answer.sentences[0].text == (
        "Alert for smoke detection in view of Ridge tower, severity 4 (high), was raised at 08:00:05 on Mon 16 Nov 2026 "
        "(“Smoke detected.”) and is new, not yet acknowledged."
    )
    assert {each.kind for each in answer.sentences[0].citations} >= {CitationKind.ALERT}
    assert "Ridge tower" in answer.sentences[0].names


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("which alerts are not closed", "There were 3 alerts still open."),
        ("which alerts are new", "There were 2 alerts not yet acknowledged."),
        ("who closed the alert on Friday at 3:14", "bertil closed the alert for person detection at Loading dock"),
        ("which alerts were held last week", "There were 2 held decisions"),
        ("why was there no alert at the yard on Tuesday at 23:22", "Decision on person detection at Yard"),
        ("any thefts last week", "Incident of theft, severity 3 (moderate), open"),
    ],
)
def test_no_id_and_no_bare_number_is_told(site: Site, question: str, told: str) -> None:
    answer = site.ask(question)
    assert told in answer.answer, answer.answer
    assert not re.search(r"\b(?:al|de|dh|in)-\d+|severity \d(?! \()|in the state", answer.answer), answer.answer
