"""Answers of the chat and lines of the briefing in German: whole, or in English as they are."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from console.screen_reader import Interpreter
from engine.history.answers.gates import reading_text
from engine.history.answers.names_told import with_names
from engine.history.answers.words import Words
from engine.history.briefing import briefing_of
from engine.history.names import Directory, NamedEntity, NamedKind
from engine.history.queries.rows import Result, Row
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.decision import GateReading
from engine.model.alerts.gate_names import GATE_NAMES
from engine.model.event import EventKind
from engine.model.history.chat import ChatAnswer, Citation, CitationKind, Sentence
from engine.model.history.query import Ask, Of, Query, Scope, Span, Who
from engine.model.incidents.incident import IncidentCategory
from tests.console import engine_words, words
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_score import in_turn
from tests.engine.history.chat_second import second
from tests.engine.history.chat_site import EVERYTHING, Site, site_in
from tests.engine.history.chat_third_forms import third
from tests.engine.history.frozen_sets import frozen
from tests.fakes.week import CAMERAS, PEOPLE, ZONE, day, generated, ns
from widgets import answer_text
from widgets.answer_text import AnswerBook, translate_answer
from widgets.engine_text import read_catalogue
from widgets.translation import WRITTEN_IN, use_language


@pytest.fixture(autouse=True)
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def book() -> AnswerBook:
    return AnswerBook(read_catalogue(answer_text.DOMAIN, "de"))


def test_every_phrase_of_answers_is_translated_and_none_that_is_gone() -> None:
    catalogue = words.catalogue("de", answer_text.DOMAIN)
    translated = {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
    assert sorted(engine_words.answer_sentences() - set(translated)) == [], "run `make words` and translate them"
    assert sorted(set(translated) - engine_words.answer_sentences()) == [], "run `make words`"
    assert words.po_of("de", answer_text.DOMAIN).with_suffix(".mo").read_bytes() == words.compiled(catalogue), "run `make words`"
    assert {source: text for source, text in translated.items() if _fields(source) != _fields(text)} == {}


def _fields(text: str) -> tuple[list[str], bool]:
    return sorted(answer_text._FIELD.findall(text)), text.endswith(".")


def test_every_sentence_of_the_frozen_sets_and_of_briefings_has_its_german(site: Site, book: AnswerBook) -> None:
    sentences = [each for answer in answers(site) for each in answer.sentences]
    shifts = [Span(ns(day(number)), ns(day(number)) + 24 * 3_600 * 10**9) for number in range(7)]
    briefings = [briefing_of(site.reach(EVERYTHING), site.directory(EVERYTHING), shift) for shift in shifts]
    sentences += [each for briefing in briefings for section in briefing.sections for each in section.sentences]
    assert len(sentences) > 4_000
    assert sorted({each.text for each in sentences if book.translate(each) is None}) == []


def test_every_kind_of_event_every_narrowing_of_a_question_and_every_condition_has_its_german(site: Site, book: AnswerBook) -> None:
    """Also those of which the week has none."""
    words = Words(site.directory(), ZONE, site.now_ns)
    cited = Citation(CitationKind.EVENT, "ev-1", 0)
    at_ns = ns(day(3))
    places: list[dict[str, Any]] = [{}, {"camera_id": CAMERAS[0].id}, {"zone_id": "zone-9"}]
    ends: list[dict[str, Any]] = [{}, {"until_ns": at_ns + 10**11, "seconds": 100.0, "simulated": True}, {"going_on": True}]
    rows = [
        Row(cited, at_ns, kind=kind, person=person, label="wave", sensor_id="node-9", **place, **end)
        for kind in EventKind
        for person in ("", "Ana Lima")
        for place in places
        for end in ends
    ]
    texts = [words.event_at(row) for row in rows]
    texts += [
        told(query, number) for query in narrowed() for told in (words.there_were, lambda each, _: words.none(each)) for number in (1, 2)
    ]
    readings = [
        GateReading(gate, value, 2.0, 1.0, passed)
        for gate in GATE_NAMES
        for value in (1.5, 4.0, 3_600.0, 90_000.0)
        for passed in (True, False)
    ]
    texts += [reading_text(each) for each in readings]
    names = with_names([Sentence("\n".join(texts))], site.directory(), [Result(Query(Ask.LIST), cited, tuple(rows))], "UTC")[0].names
    names = (*names, "rita")
    assert sorted({text for text in texts if book.translate(Sentence(f"{text}.", (cited,), names=names)) is None}) == []


def narrowed() -> Iterator[Query]:
    """Counts of each sort, with each part of a scope alone and with a time."""
    span = Span(ns(day(1)), ns(day(2)))
    kinds = (EventKind.FALL, EventKind.FIGHT)
    parts: list[dict[str, Any]] = [
        {},
        *({"kinds": (kind,)} for kind in EventKind),
        *({"who": who} for who in Who),
        {"kinds": kinds},
        {"not_kinds": kinds},
        {"severities": (2, 3)},
        {"min_severity": 3},
        {"camera_ids": (CAMERAS[0].id, CAMERAS[1].id), "not_zone_ids": ("zone-9",)},
        {"zone_ids": ("zone-9",), "not_camera_ids": (CAMERAS[0].id,)},
        {"person_ids": (PEOPLE[0].id,), "not_person_ids": (PEOPLE[1].id, PEOPLE[2].id)},
        *({"states": (state.value, "open")} for state in AlertState),
        *({"dispositions": (each.value,), "not_dispositions": (each.value,)} for each in Disposition),
        *({"gates": (gate,)} for gate in GATE_NAMES),
        {"assignees": ("rita",), "not_assignees": ("rita",)},
        {"near": (1.0, 2.0, 0.5), "going_on": True, "text": "a red car"},
        *({"labels": (category.value,)} for category in IncidentCategory),
    ]
    for part in parts:
        for of in Of:
            yield from (Query(Ask.COUNT, of, Scope(**part)), Query(Ask.COUNT, of, Scope((span,), **part)))


def answers(site: Site) -> Iterator[ChatAnswer]:
    week = generated()
    for each in asked(week):
        yield from (site.ask(each.question), site.ask(each.paraphrase))
    yield from (site.ask(each.question) for each in second(week))
    yield from (in_turn(site, each) for each in (*third(week), *frozen(week)))


@pytest.mark.parametrize(
    ("english", "shown"),
    [
        (
            "Yes: 2 known people were seen at Yard on Sun 15 Nov 2026 (Ana and Lab), and unidentified people 3 times.",
            "Ja: 2 bekannte Personen wurden bei Yard am So 15. Nov 2026 (Ana und Lab) gesehen, und nicht identifizierte Personen 3-mal.",
        ),
        (
            "Ana was in Lab, from 23:05 on Tue 3 Nov 2026 to 02:10 CET on Wed 4 Nov 2026 (3 h 5 min) (named by phone).",
            "Ana war in Lab, von 23:05 am Di 3. Nov 2026 bis 02:10 CET am Mi 4. Nov 2026 (3 h 5 min) (benannt durch Telefon).",
        ),
        (
            "4 more motion events at Yard on Sat 14 Nov 2026 than on Sun 15 Nov 2026.",
            "Bewegungsereignisse bei Yard am Sa 14. Nov 2026: 4 mehr als am So 15. Nov 2026.",
        ),
        ("Evidence: 3.40, at least 2.00 needed, 1.40 above.", "Belege: 3,40, mindestens 2,00 nötig, 1,40 darüber."),
        ("There is no fall at Back of house now.", "Es gibt keinen Sturz bei Back of house jetzt."),
        (
            "There were 2 visits of Ana at Yard on Mon 9 Nov 2026; of 5 sightings those that overlap are counted once.",
            "Es gab 2 Besuche von Ana bei Yard am Mo 9. Nov 2026; von 5 Sichtungen zählen die, die sich überschneiden, einmal.",
        ),
        (
            "There was 1 stretch with somebody there at Yard; of 2 sightings of people those that overlap are counted once.",
            "Es gab 1 Zeitraum mit Anwesenheit bei Yard; von 2 Sichtungen von Personen zählen die, die sich überschneiden, einmal.",
        ),
        (
            "Ana was seen 2 times: first in Lab, from 08:00:10 to 08:03:15 on Mon 9 Nov 2026 (3 min 5 s); last at Yard, since 09:10 on "
            "Mon 9 Nov 2026, still ongoing (simulated) (found by radio).",
            "Ana wurde 2-mal gesehen: zuerst in Lab, von 08:00:10 bis 08:03:15 am Mo 9. Nov 2026 (3 min 5 s); zuletzt bei Yard, seit 09:10 "
            "am Mo 9. Nov 2026, dauert an (simuliert) (vom Funk gefunden).",
        ),
        (
            "No: there is no fall at Yard on Mon 9 Nov 2026; 2 possible falls were held back, the last at 08:01:29 on Mon 9 Nov 2026 "
            "(“Missing: 6.00 s more movement (0.00, threshold 6.00).”).",
            "Nein: es gibt keinen Sturz bei Yard am Mo 9. Nov 2026; 2 × Verdacht auf Stürze wurden zurückgehalten, zuletzt um 08:01:29 am "
            "Mo 9. Nov 2026 („Es fehlt: 6,00 s mehr Bewegung (0,00, Schwelle 6,00).“).",
        ),
        (
            "rita closed the alert for fall at Yard, at 14:05 on Fri 13 Nov 2026, and found it false.",
            "rita schloss Alarm zu Sturz bei Yard, um 14:05 am Fr 13. Nov 2026, Bewertung: Fehlalarm.",
        ),
    ],
)
def test_names_times_and_amounts_stand_in_german(book: AnswerBook, english: str, shown: str) -> None:
    cited = Citation(CitationKind.ALERT, "al-1", 0)
    assert book.translate(Sentence(english, (cited,), names=("Ana", "Lab", "Yard", "Back of house", "rita"))) == shown


@pytest.mark.parametrize(
    "text",
    [
        "There were 3 alerts in the wardrobe on Sun 15 Nov 2026.",
        "There were 3 sightings of Ana at Yard, seen by nobody.",
        "Sun 32 Nov 2026: 3 oddities.",
        "There were 3 alerts \ue000.",
    ],
)
def test_where_a_word_is_not_known_all_of_it_stays_as_it_is(text: str) -> None:
    assert translate_answer(Sentence(text, names=("Ana", "Yard"))) == text


def test_what_people_report_stays_as_they_wrote_it_and_what_the_engine_says_does_not(book: AnswerBook) -> None:
    quoted = "alert for fall, severity 3 (moderate), was raised at 14:05 on Fri 13 Nov 2026 (“Motion”) and is new, not yet acknowledged."
    assert "„Bewegung“" in str(book.translate(Sentence(quoted, (Citation(CitationKind.ALERT, "al-1", 0),))))
    report = "Incident of fire, severity 4 (high), open, at 16:40 on Sat 14 Nov 2026, 1.8 km away by 2 reporters: “Motion”."
    assert book.translate(Sentence(report, (Citation(CitationKind.INCIDENT, "in-1", 0),))) == (
        "Vorfall (Feuer), Schweregrad 4 (hoch), offen, um 16:40 am Sa 14. Nov 2026, 1,8 km entfernt, von 2 Personen gemeldet: „Motion“."
    )


def test_the_name_of_a_rule_stays_as_it_is(book: AnswerBook) -> None:
    directory = Directory((NamedEntity(NamedKind.RULE, "rule-1", "Motion"),))
    told = with_names([Sentence("Rule: “Motion”."), Sentence("Motion events: 3.")], directory, (), "UTC")
    assert [book.translate(each) for each in told] == ["Regel: „Motion“.", "Bewegungsereignisse: 3."]


def test_a_name_that_is_a_word_of_answers_tears_no_sentence(book: AnswerBook) -> None:
    """Whatever people are called, a sentence is whole in one language."""
    for name in ("at", "of", "seen", "known people", "alerts", "Mon 9 Nov 2026"):
        text = f"There were 3 sightings of {name} at Yard."
        assert book.translate(Sentence(text, names=(name, "Yard"))) in (None, f"Es gab 3 Sichtungen von {name} bei Yard.")


def test_an_answer_turns_on_its_way_through_the_bridge_and_keeps_what_it_rests_on(site: Site) -> None:
    answer = site.ask("wie viele Alarme gab es am Mittwoch?")
    turned = Interpreter().turned(answer)
    assert turned.sentences[0].text == "Es gab 2 Alarme am Mi 11. Nov 2026."
    assert [each.citations for each in turned.sentences] == [each.citations for each in answer.sentences]
    use_language(WRITTEN_IN)
    assert Interpreter().turned(answer) == turned, "a question in German is answered in German on any screen"
    english = replace(answer, language="en")
    assert Interpreter().turned(english) is english


def test_a_hostile_sentence_is_given_up(book: AnswerBook) -> None:
    """Each of its words is known, and it can be cut in more ways than anybody could read."""
    assert book.translate(Sentence("there were " + "of known people at on from 3 and with " * 45 + "x")) is None
    assert len(book._read) == answer_text.MOST_READINGS
