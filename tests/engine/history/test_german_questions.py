"""German questions become the queries that the same questions in English become."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.history.grammar.grammar import parse
from engine.history.lexicon.german import in_english
from engine.history.planner import PlannerQuestion
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_site import Site, site_in
from tests.engine.history.chat_third_forms import third
from tests.fakes.week import generated

SAME = {
    "Wer war gestern im Hof?": "who was in the yard yesterday?",
    "Wann kam John am Montag an?": "when did John arrive on Monday?",
    "Wie lange war Mary am Dienstag im Büro?": "how long was Mary in the office on Tuesday?",
    "Wie viele Alarme gab es letzte Woche?": "how many alerts were there last week?",
    "Gab es heute Nacht Bewegung am Tor?": "was there motion at the gate last night?",
    "Wann wurde Zoë zuletzt gesehen?": "when was Zoë last seen?",
    "Zeig mir das Video vom letzten Sturz": "show me the video of the last fall",
    "Welche Alarme sind noch offen?": "which alerts are still open?",
    "Welche Kamera war ausgefallen?": "which camera was lost?",
    "Wer war am Samstag zwischen 22 und 23 Uhr am Tor?": "who was at the gate on Saturday between 22:00 and 23:00?",
    "Wer war in der Nacht von Samstag auf Sonntag im Hof?": "who was in the yard on Saturday night?",
    "Wer war in der Nacht zum Mittwoch im Hof?": "who was in the yard on Tuesday night?",
    "Wer war um halb neun in der Halle?": "who was in the hall at half past eight?",
    "Wer war um viertel vor neun in der Halle?": "who was in the hall at quarter to nine?",
    "Was ist vor zwei Stunden passiert?": "what happened two hours ago?",
    "Wer war vom 10. bis 12. November im Labor?": "who was in the lab from 10 november to 12 november?",
    "Wer war am Dienstagabend im Labor?": "who was in the lab on Tuesday evening?",
    "Wer war am Mittwoch von 15 bis 17 Uhr im Labor?": "who was in the lab on Wednesday from 15:00 to 17:00?",
    "Wer war mit Mary zusammen?": "who was together with Mary?",
    "Wieso gab es am Freitag Alarm?": "why was there an alert on Friday?",
    "Gab es am 14. November eine Schlägerei?": "was there a fight on 14 November?",
    "wie viele unbekannte waren am do im hof": "how many strangers were in the yard on Thursday",
    "Warum kein Alarm am Donnerstag um 3:14 Uhr?": "why no alert on Thursday at 3:14?",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(Path(tmp_path_factory.mktemp("german")) / "data") as found:
        yield found


@pytest.fixture
def put(site: Site) -> PlannerQuestion:
    return site.put("")


@pytest.mark.parametrize(("german", "english"), SAME.items())
def test_it_asks_the_same(put: PlannerQuestion, german: str, english: str) -> None:
    told = in_english(german, put.directory)
    one, other = (parse(text, put.directory, put.now_ns, put.zone) for text in (told.text, english))
    assert not other.unknown and other.query is not None
    assert (one.query, one.unknown) == (other.query, ()), told.text


def test_an_english_question_stays_as_it_is(put: PlannerQuestion) -> None:
    week = generated()
    said = [each.question for each in (*asked(week), *second(week), *third(week))]
    assert [each for each in said if in_english(each, put.directory).text != each] == []


def test_a_word_that_is_not_understood_is_named_as_it_was_written(site: Site) -> None:
    answer = site.ask("Hat der Hausmeister gestern geschnarcht?")
    assert not answer.understood and "Hausmeister" in answer.answer and "geschnarcht" in answer.answer


def test_a_name_is_never_translated(put: PlannerQuestion) -> None:
    assert "Müller" in in_english("Wo ist Zoë Müller gerade?", put.directory).text


@pytest.mark.parametrize("message", ["", "?", "ä" * 400, "der " * 100, "\x00 wer \x00", "(((", "halb", "vor vor vor"])
def test_whatever_is_typed_raises_nothing(put: PlannerQuestion, message: str) -> None:
    assert isinstance(in_english(message, put.directory).text, str)
