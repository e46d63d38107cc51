"""The order of an answer (the fact, the rows, what was not observed), and what cannot be known."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.history.chat import ChatAnswer, CitationKind, ClaimStatus
from engine.model.history.timeline import SpanState, Watched
from tests.engine.history.chat_site import Site, site_in
from tests.fakes.week import ANA, CAMERAS, MARY, day, generated, kept, ns


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


def texts(answer: ChatAnswer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Which alerts were raised on Wednesday?", "There were 2 alerts on Wed 11 Nov 2026."),
        ("Were there alerts on Wednesday?", "Yes: there were 2 alerts on Wed 11 Nov 2026."),
        ("Who was in the yard on Saturday?", "Unidentified people were seen 2 times at Yard on Sat 14 Nov 2026, and no known person."),
        ("Was the yard observed on Thursday?", "Not all the time: together 20 min were not observed at Yard on Thu 12 Nov 2026."),
        (
            "Compare alerts this week with last week",
            "7 fewer alerts from Mon 16 Nov 2026 to Sun 22 Nov 2026 than from Mon 9 Nov 2026 to Sun 15 Nov 2026.",
        ),
    ],
)
def test_the_number_comes_first(site: Site, question: str, first: str) -> None:
    answer = site.ask(question)
    assert answer.sentences[0].text == first and CitationKind.COUNT in {each.kind for each in answer.sentences[0].citations}


def test_then_the_rows_with_clips_then_what_was_not_observed_then_how_it_was_read(site: Site) -> None:
    answer = site.ask("What happened in the yard on Thursday?")
    head, *rows, note, zone = answer.sentences
    assert head.text.startswith("There were ") and zone.text.startswith("Times are in")
    assert note.text == "“yard” is the camera Yard and the zone Yard; both are meant here."
    assert rows[-1].text == "Not observed: the camera Yard gave no picture from 12:00 to 12:20 on Thu 12 Nov 2026."
    assert {each.status for each in rows[:-1]} == {ClaimStatus.VERIFIED}
    assert site.ask("Why was the alert on Saturday raised?").clips


def test_alerts_name_the_times_in_which_none_could_be_raised(site: Site) -> None:
    assert "Loading dock gave no picture from 02:00 to 03:30" in site.ask("How many alerts were there on Wednesday?").answer


@pytest.mark.parametrize("question", ["How many alerts were there before November?", "Who was seen on 1 November 2026?"])
def test_before_the_record_nothing_is_known_and_one_sentence_says_so(site: Site, question: str) -> None:
    answer = site.ask(question)
    known = [each for each in answer.sentences if each.citations]
    assert len(known) == 1 and known[0].status is ClaimStatus.NOT_OBSERVED
    assert known[0].text.startswith("Not known ") and known[0].text.endswith("because there is no record before 00:00 on Mon 9 Nov 2026.")


def test_nobody_is_recognised_before_they_are_on_file(tmp_path: Path) -> None:
    with closing(kept(generated(), tmp_path / "data")) as store:
        store.save([replace(MARY, created_ns=ns(day(3))), replace(ANA, created_ns=ns(day(6)))])
        site = Site(store.asked)
        before, across = site.ask("Was Ana seen on Thursday?"), site.ask("Was Ana seen from Saturday to Sunday?")
        seen, absent = site.ask("Was Mary seen on Tuesday?"), site.ask("Who was not seen on Thursday?")
    since = "Ana Lima could not be recognised before 00:00 on Sun 15 Nov 2026, being on file only since then"
    assert texts(before)[0] == f"Not known of Ana Lima on Thu 12 Nov 2026, because {since}."
    assert across.answer.startswith("No: nobody saw Ana Lima") and f"Not observed: {since}." in across.answer
    assert seen.answer.startswith("Yes: ") and "on file" not in seen.answer
    assert f"Not observed: {since}." in absent.answer


def test_cameras_that_were_blind_for_the_same_cause_are_one_sentence(tmp_path: Path) -> None:
    hours = (day(0), day(5, 10)), (day(5, 12), day(7))
    spans = [Watched(camera.id, ns(since), ns(until), SpanState.OBSERVED) for camera in CAMERAS for since, until in hours]
    with closing(kept(generated(), tmp_path / "data", spans)) as store:
        across, within = (Site(store.asked).ask(f"Were there any falls on Saturday {when}?") for when in ("", "between 10:30 and 11:00"))
    cameras = "the cameras Loading dock, Front gate, Hall and Yard were not watched, as the engine did not run"
    assert [text for text in texts(across) if "Not observed" in text] == [
        f"Not observed: {cameras}, from 10:00 to 12:00 on Sat 14 Nov 2026."
    ]
    assert texts(within)[0] == f"Not known between 10:30 and 11:00 on Sat 14 Nov 2026, because {cameras}."


def test_why_there_was_no_alert_says_that_nothing_was_there(site: Site) -> None:
    answer = site.ask("Why was there no alert at the hall on Tuesday?")
    assert texts(answer)[0] == "Nothing was detected at Hall on Tue 10 Nov 2026 that an alert could be raised for."


def test_rows_that_are_not_told_are_counted(site: Site) -> None:
    answer = site.ask("Which events were there last week?")
    assert "There were " in texts(answer)[0] and any(text.startswith("50 of ") for text in texts(answer))
