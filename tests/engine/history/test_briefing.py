"""A shift on one page, over the generated week."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.history.briefing import MOST_ROWS, briefing_of
from engine.model.alerts.alert import AlertState
from engine.model.event import EventKind
from engine.model.history.briefing import Briefing, BriefingPart
from engine.model.history.query import Span
from tests.engine.history.chat_site import EVERYTHING, Site, site_in
from tests.fakes.week import day, generated, kept, ns


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


def brief(site: Site, number: int, since: int = 0, hours: int = 24, limited: str = "") -> Briefing:
    viewer = replace(EVERYTHING, cameras=frozenset({limited})) if limited else EVERYTHING
    shift = Span(ns(day(number, since)), ns(day(number, since)) + hours * 3_600 * 10**9)
    return briefing_of(site.reach(viewer), site.directory(viewer), shift)


def texts(briefing: Briefing, part: BriefingPart) -> list[str]:
    return [each.text for section in briefing.sections if section.part is part for each in section.sentences]


def test_a_shift_tells_its_alerts_incidents_unusual_counts_and_blind_times(site: Site) -> None:
    friday, saturday, thursday = (brief(site, number) for number in (4, 5, 3))
    alerts = texts(friday, BriefingPart.ALERTS)
    assert alerts[0] == "There were 2 alerts on Fri 13 Nov 2026." and len(alerts) == 3
    assert texts(saturday, BriefingPart.COUNTS)[:3] == [
        "4 of 9 counts are unusual, compared with 5 other days.",
        "There were 2 person detections on Sat 14 Nov 2026, fewer than usual.",
        "Usual at that time is the median 7, from 5 to 9 on 5 other days.",
    ]
    assert texts(thursday, BriefingPart.UNOBSERVED) == [
        "Not all the time: together 20 min were not observed on Thu 12 Nov 2026.",
        "Not observed: the camera Yard gave no picture from 12:00 to 12:20 on Thu 12 Nov 2026.",
    ]
    assert "sprays the wall" in texts(thursday, BriefingPart.INCIDENTS)[0]


def test_every_line_is_cited_and_told_as_the_chat_tells_it(site: Site) -> None:
    whole = [brief(site, number) for number in range(7)]
    sentences = [each for briefing in whole for section in briefing.sections for each in section.sentences]
    assert sentences and all(each.citations for each in sentences)
    assert texts(whole[4], BriefingPart.ALERTS) == [
        each.text for each in site.ask("Which alerts were raised on Friday?").sentences if each.citations
    ]
    cited = {each.id for section in whole[4].sections for sentence in section.sentences for each in sentence.citations}
    assert {"al-0002", "al-0006"} <= cited


def test_a_quiet_shift_says_so_in_each_section(site: Site) -> None:
    quiet = brief(site, 0, 12, 8)
    assert [texts(quiet, part) for part in BriefingPart] == [
        ["There is no alert between 12:00 and 20:00 on Mon 9 Nov 2026."],
        ["There is no incident between 12:00 and 20:00 on Mon 9 Nov 2026."],
        ["0 of 9 counts are unusual, compared with 6 other days."],
        ["Yes, it was observed all the time between 12:00 and 20:00 on Mon 9 Nov 2026."],
    ]


def test_before_the_record_nothing_is_known(site: Site) -> None:
    before = brief(site, -3)
    because = "Not known on Fri 6 Nov 2026, because there is no record before 00:00 on Mon 9 Nov 2026."
    assert texts(before, BriefingPart.ALERTS) == [because]
    assert texts(before, BriefingPart.UNOBSERVED)[0].startswith("No, it was not observed on Fri 6 Nov 2026: there is no record")


def test_who_sees_one_camera_is_told_of_that_and_of_no_report(site: Site) -> None:
    narrow = brief(site, 4, limited="dock")
    assert {section.part for section in narrow.sections} == set(BriefingPart) - {BriefingPart.INCIDENTS}
    told = " ".join(text for part in BriefingPart for text in texts(narrow, part))
    assert "Loading dock" in told and "John Smith" not in told and "Yard" not in told


def test_of_many_alerts_the_newest_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    week = generated()
    for number in range(30):
        event = week.add(EventKind.PERSON, day(5, 12, number), 1, 4, camera_id="yard" if number % 3 else "gate")
        week.raise_alert(event, AlertState.NEW, 4 if number % 2 else 5, reason="Many")
    with closing(kept(week, tmp_path / "data")) as store:
        alerts = texts(brief(Site(store.asked), 5), BriefingPart.ALERTS)
    assert alerts[0] == "There were 31 alerts on Sat 14 Nov 2026."
    assert {"Severity 4 (high): 16.", "Severity 5 (critical): 15.", "Yard: 21.", "Front gate: 10."} <= set(alerts)
    assert sum(text.startswith("Alert for ") for text in alerts) == MOST_ROWS
    assert alerts[-1] == f"{MOST_ROWS} of 31 are listed."


def test_what_is_usual_is_not_known_by_a_few_days(tmp_path: Path) -> None:
    week = generated()
    with closing(kept(week, tmp_path / "data")) as store:
        young = Site(store.asked, ns(day(3)))
        assert texts(brief(young, 2), BriefingPart.COUNTS) == [
            "Not known whether counts are usual: there are 2 other days to compare with, 5 are needed."
        ]
        assert texts(brief(Site(store.asked, ns(day(1))), 0), BriefingPart.COUNTS) == [
            "Not known whether counts are usual: there are 0 other days to compare with, 5 are needed."
        ]
