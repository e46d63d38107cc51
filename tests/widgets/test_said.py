"""The engine's sentences in the language on screen: every one that its code says, whole or as template, within others, and at what cost."""

import ast
from collections.abc import Iterator
from string import Formatter
from unittest.mock import patch

import pytest
from PySide6.QtWidgets import QApplication

from tests.console import engine_words
from widgets import engine_text as module
from widgets.engine_text import DEEPEST, LONGEST, MOST_LOOKUPS, PhraseBook, Template, translate_engine_text
from widgets.translation import WRITTEN_IN, use_language


@pytest.fixture(autouse=True)
def german(qapp: QApplication) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


@pytest.fixture
def book() -> PhraseBook:
    return PhraseBook(
        {
            "is empty": "ist leer",
            "and": "und",
            "A fall": "Ein Sturz",
            "The disk is full": "Der Datenträger ist voll",
            "Move it away.": "Es wegräumen.",
            "{0} is none of {1}": "{0} gehört nicht zu: {1}",
            "{0} is lost. {1}": "{0} ist verloren. {1}",
            "{0} is outside {1}–{2}": "{0} liegt nicht in {1}–{2}",
            "{0} of {1} nodes run {2}.": "Mit {2} laufen {0} von {1} Knoten.",
            "It is {0}.": "Es ist {0}.",
            "Only {0} GiB are left.": "Nur {0} GiB sind frei.",
            "Firmware {0} is new.": "Firmware {0} ist neu.",
        }
    )


def fields(text: str) -> list[str]:
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)


def test_every_sentence_comes_back_in_german_with_what_its_fields_held() -> None:
    """Also those that another template would fit as well: what says most itself is taken."""
    texts = module.read_catalogue(module.DOMAIN, "de")
    book, wrong = PhraseBook(texts), dict[str, str]()
    for source, text in texts.items():
        held = [f"Xq{number}z" for number in range(len(fields(source)))]
        if (shown := book.translate(source.format(*held))) != text.format(*held):
            wrong[source] = shown
    assert wrong == {}


def test_a_sentence_and_a_template(book: PhraseBook) -> None:
    assert book.translate("is empty") == "ist leer"
    assert book.translate("3 of 4 nodes run v2.") == "Mit v2 laufen 3 von 4 Knoten."
    assert book.translate("'x' is none of is empty, A fall") == "„x“ gehört nicht zu: is empty, A fall"
    assert book.translate("'4 of x' is lost. Move it away.") == "„4 of x“ ist verloren. Es wegräumen."
    assert book.translate(" is empty") == " ist leer"


def test_sentences_within_fields_beside_each_other_and_in_parts(book: PhraseBook) -> None:
    assert book.translate("Yard is lost. The disk is full. Move it away.") == "Yard ist verloren. Der Datenträger ist voll. Es wegräumen."
    assert book.translate("settings.name: is empty") == "settings.name: ist leer"
    assert book.translate("A fall, Hall. Move it away.") == "Ein Sturz, Hall. Es wegräumen."
    assert book.translate("It is a fall. Move it away.") == "Es ist a fall. Es wegräumen."
    assert book.translate("It is 0.5 and is empty and cold.") == "Es ist 0,5 und ist leer und cold."
    assert book.translate("cold and warm") == "cold and warm"
    assert book.translate("It is cold. Move it away.") == "Es ist cold. Es wegräumen."


def test_the_template_that_leaves_least_unknown_is_taken_though_another_says_more() -> None:
    texts = {"Missing: {0}.": "Es fehlt: {0}.", "{0}, threshold {1}": "{0}, Schwelle {1}", "{0} more {1} ({2})": "{0} mehr {1} ({2})"}
    book = PhraseBook(texts | {"time in view": "Zeit im Bild", "movement": "Bewegung", "and": "und"})
    said = "Missing: 2 s more time in view (1, threshold 3) and 4 more movement (5, threshold 9)."
    assert book.translate(said) == "Es fehlt: 2 s mehr Zeit im Bild (1, Schwelle 3) und 4 mehr Bewegung (5, Schwelle 9)."


def test_a_template_that_says_hardly_anything_translates_no_half_of_a_sentence() -> None:
    book = PhraseBook({"{0} to {1}": "{0} bis {1}", "Seen by {0}.": "Gesehen von {0}.", "and": "und"})
    assert book.translate("9 to 17") == "9 bis 17" and book.translate("Yard to Hall") == "Yard bis Hall"
    pushed = "A man was pushed to the ground and kicked."
    assert book.translate(pushed) == pushed
    assert book.translate("Seen by Ridge tower and mast.") == "Gesehen von Ridge tower und mast."


def test_what_is_not_known_stays_as_it_is(book: PhraseBook) -> None:
    for text in ("", " ", "Ada", "Nobody wrote this.", "{0} is", "is emptyish", "100 % {x} %s"):
        assert book.translate(text) == text


def test_numbers_are_written_as_in_the_language_and_versions_stay(book: PhraseBook) -> None:
    assert book.translate("0.5 is outside 1–2.5") == "0,5 liegt nicht in 1–2,5"
    assert book.translate("Only 0.8 GiB are left.") == "Nur 0,8 GiB sind frei."
    assert book.translate("It is 1.5 s.") == "Es ist 1,5 s."
    assert book.translate("It is 12,345.") == "Es ist 12.345."
    assert book.translate("It is 1,2.") == "Es ist 1,2.", "two things, no number"
    assert book.translate("Firmware 1.5 is new.") == "Firmware 1.5 ist neu."


def test_in_the_language_of_the_engine_nothing_is_looked_up() -> None:
    use_language(WRITTEN_IN)
    with patch.object(module, "_translate_cached", side_effect=AssertionError):
        assert translate_engine_text("is empty") == "is empty"


@pytest.mark.parametrize("between", [". ", ": ", "; ", ", ", " ", " is "])
def test_a_hostile_sentence_costs_little(book: PhraseBook, between: str) -> None:
    """However many parts it has; the same holds for all the engine's templates, which are as many times more."""
    looked = 0
    fields_of = Template.fields_of

    def counting(template: Template, sentence: str) -> list[str] | None:
        nonlocal looked
        looked += 1
        return fields_of(template, sentence)

    with patch.object(Template, "fields_of", counting):
        book.translate(between.join(["A fall", "(a+)+$", "9"] * LONGEST)[:LONGEST])
        assert looked <= MOST_LOOKUPS * 7  # of which each asks the templates at most, of which there are seven
        looked = 0
        text = "Yard is lost. " * LONGEST
        assert book.translate(text) == text and looked == 0


def test_depth_has_an_end(book: PhraseBook) -> None:
    nested = "It is " * (DEEPEST + 5) + "x" + "." * (DEEPEST + 5)
    assert book.translate(nested).count("Es ist") <= DEEPEST


def test_fields_are_found_in_one_pass() -> None:
    template = Template(("", " is outside ", "–", ""), "")
    assert template.fields_of("5 is outside 1–3") == ["5", "1", "3"]
    assert template.fields_of("5 is inside 1–3") is None
    assert Template(("ab", "ba"), "").fields_of("aba") is None


def test_the_collector_finds_what_the_engine_says() -> None:
    """Of each kind: whole, with fields, put together, either way, formatted later, refused; and nothing of logs, SQL, docstrings."""
    found = engine_words.sentences()
    assert {
        "is empty; give a stream address, a file or a device",
        "{0} is lost. {1}",
        "{0} refuses the user name or password. Check them in the camera's settings.",
        "Use at least {0} characters; {1} more.",
        "{0}: its {1}. {2} Give it the same time server as this machine.",
        "older than {0} days or beyond {1} GiB",
    } <= found
    assert not [text for text in found if "SELECT " in text or "%s" in text or text.startswith("Raises")]
    assert all(engine_words.ROOT.glob(pattern) for pattern in engine_words.LEFT_OUT)


def test_each_way_a_text_can_go_is_a_sentence() -> None:
    code = (
        'def f(x):\n    """Not this one."""\n    log.info("nor that one")\n'
        "    return f\"There {'is' if x else 'are'} {x}{y} left\" + (' now.' if x else '.')"
    )
    assert sorted(engine_words._texts(ast.parse(code))) == [
        "There are {0} left now.",
        "There are {0} left.",
        "There is {0} left now.",
        "There is {0} left.",
    ]
