"""The console in another language: complete, with the same fields and marks as the original, and on screen."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from babel.messages.catalog import Catalog
from PySide6.QtCore import QCoreApplication, QLocale, QObject
from PySide6.QtWidgets import QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from console.palette.palette import PaletteModel
from console.session.remembered import Remembered
from console.shell.preferences import Preferences, keep_look, use_look
from console.shell.preferences_dialog import PreferencesDialog
from console.window import MainWindow
from tests.console import engine_words, words
from tests.fakes.engine import FakeEngine
from widgets import engine_text
from widgets.look import Look, current_look
from widgets.translation import DOMAIN, FOLDER, LANGUAGES, WRITTEN_IN, of_this_machine, use_language

OTHERS = [language for language in LANGUAGES if language != WRITTEN_IN]
FIELD = re.compile(r"\{[^{}]*\}|%\d|%[sdn]|</?\w+[^>]*>|\b(?:Ctrl|Shift)\+\w+|\bAlt\+")  # the letter after Alt is of the language
KEYBOARD = {"de": {"Strg": "Ctrl", "Umschalt": "Shift"}}


@pytest.fixture(params=OTHERS)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return words.catalogue(request.param)


@pytest.fixture
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


def texts(catalogue: Catalog) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def test_every_text_is_translated_and_none_that_is_gone(catalogue: Catalog) -> None:
    written = words.written()
    translated = {text for text, translation in texts(catalogue).items() if translation}
    assert sorted(written - translated) == [], "run `make words` and translate them"
    assert sorted(translated - written) == [], "run `make words`"
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_every_sentence_of_the_engine_is_translated_and_none_that_is_gone(catalogue: Catalog) -> None:
    language, written = str(catalogue.locale), engine_words.sentences()
    engines = words.catalogue(language, engine_text.DOMAIN)
    translated = {text for text, translation in texts(engines).items() if translation}
    assert sorted(written - translated) == [], "run `make words` and translate them"
    assert sorted(translated - written) == [], "run `make words`"
    assert (FOLDER / language / "LC_MESSAGES" / f"{engine_text.DOMAIN}.mo").read_bytes() == words.compiled(engines), "run `make words`"


def test_sentences_of_the_engine_keep_their_fields_and_ends(catalogue: Catalog) -> None:
    engines = texts(words.catalogue(str(catalogue.locale), engine_text.DOMAIN))

    def kept(text: str) -> tuple[list[str], bool, bool]:
        ended = re.sub(r"\{\d+\}$", "", text).endswith((".", "?"))
        return sorted(re.findall(r"\{\d+\}", text)), ended, text.startswith((",", ";", "("))

    assert {text: translation for text, translation in engines.items() if kept(text) != kept(translation)} == {}


def test_texts_within_other_texts_are_gathered_too() -> None:
    """Babel does not look into f-strings: such texts were on screen in English only."""
    assert {"It frees {0}.", "Stopped by", "All conditions met."} <= words.written()


def test_fields_markup_and_keys_are_the_same(catalogue: Catalog) -> None:
    other = {
        text: translation
        for text, translation in texts(catalogue).items()
        if Counter(FIELD.findall(text)) != Counter(FIELD.findall(_with_our_keys(translation, str(catalogue.locale))))
    }
    assert other == {}


def test_keys_are_called_as_on_the_keyboard(catalogue: Catalog) -> None:
    """As Qt calls them in menus, in the language."""
    foreign = [re.compile(rf"\b{ours}\b") for ours in KEYBOARD[str(catalogue.locale)].values()]
    assert [text for text in texts(catalogue).values() if any(each.search(text) for each in foreign)] == []


def _with_our_keys(text: str, language: str) -> str:
    for theirs, ours in KEYBOARD[language].items():
        text = re.sub(rf"\b{theirs}\+", f"{ours}+", text)
    return text


def test_decimals_are_written_as_in_the_language(catalogue: Catalog, german: None) -> None:
    point = QLocale().decimalPoint()
    assert point == ","
    decimals = re.compile(r"(?<![\d.-])\d+\.\d+(?!\d|\.\d)")
    pasted = "Paste both here: 59.32930, 18.06860"
    assert [text for source, text in texts(catalogue).items() if decimals.search(text) and source != pasted] == []


def test_edges_and_ends_are_the_same(catalogue: Catalog) -> None:
    """Texts are joined with others, and an ellipsis says that a dialog follows."""

    def ends(text: str) -> tuple[str, str, bool, bool]:
        bare = text.strip(" \n")
        return text[: len(text) - len(text.lstrip(" \n"))], text[len(text.rstrip(" \n")) :], bare.endswith("…"), bare.endswith(":")

    assert {text: translation for text, translation in texts(catalogue).items() if ends(text) != ends(translation)} == {}


def test_mnemonics_are_kept(catalogue: Catalog) -> None:
    mark = re.compile(r"(?<!&)&(?=\w)")
    assert {
        text: translation for text, translation in texts(catalogue).items() if bool(mark.search(text)) != bool(mark.search(translation))
    } == {}


def test_what_is_used_is_what_is_written(catalogue: Catalog) -> None:
    language = str(catalogue.locale)
    assert (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").read_bytes() == words.compiled(catalogue), "run `make words`"


def test_texts_come_in_the_language_and_back(german: None) -> None:
    class SomeDialog(QObject):
        def asked(self) -> str:
            return self.tr("Preferences")

    assert SomeDialog().asked() == QCoreApplication.translate("Anything", "Preferences") == "Einstellungen"
    assert SomeDialog().tr("A sentence that nobody wrote.") == "A sentence that nobody wrote."
    assert QCoreApplication.translate("Anything", "") == ""
    use_language(WRITTEN_IN)
    assert SomeDialog().asked() == "Preferences"


def test_buttons_of_qt_itself(german: None, qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert "Abbrechen" in box.buttons()[0].text()


def test_the_window_opens_for_somebody_who_reads_another_language(german: None, open_window: Callable[[], MainWindow]) -> None:
    """What is on screen is told that the language changed, every list of it too."""
    assert open_window().isVisible()
    assert QCoreApplication.translate("x", "Preferences") == "Preferences"


def test_chosen_for_oneself_and_kept(remembered: object, qtbot: QtBot, request: pytest.FixtureRequest) -> None:
    preferences = Preferences(remembered, "ada")  # type: ignore[arg-type]
    dialog = PreferencesDialog(preferences, lambda: None, lambda: None)
    qtbot.addWidget(dialog)
    request.addfinalizer(lambda: use_look(Look()))
    assert dialog.language_note.isHidden()
    dialog.language.setCurrentIndex(dialog.language.findData("de"))
    dialog.language.activated.emit(dialog.language.currentIndex())
    assert QCoreApplication.translate("x", "Preferences") == "Preferences", "what is open speaks one language"
    assert "Deutsch when you next sign in" in dialog.language_note.text() and not dialog.language_note.isHidden()
    preferences.set_theme("light")
    assert dialog.language.currentData() == "de", "another choice leaves the language that is to come"
    assert Preferences(remembered, "ada").look().language == "de"  # type: ignore[arg-type]
    assert Preferences(remembered, "bo").look().language == ""  # type: ignore[arg-type]
    Preferences(remembered, "ada").apply()  # type: ignore[arg-type]
    assert QCoreApplication.translate("x", "Preferences") == "Einstellungen"
    dialog.language.setCurrentIndex(dialog.language.findData("en"))
    dialog.language.activated.emit(dialog.language.currentIndex())
    assert "English" in dialog.language_note.text() and current_look().language == "de"


def test_the_palette_finds_the_language_by_words_of_both_and_says_when_it_comes(
    open_window: Callable[[], MainWindow], request: pytest.FixtureRequest
) -> None:
    window = open_window()
    request.addfinalizer(lambda: use_look(Look()))
    entries = window.catalogue.entries()
    german = next(each for each in entries if each.action.id == "everywhere.language-de")
    for words_typed in ("language", "Sprache", "sprache deu", "german"):
        model = PaletteModel(entries)
        model.find(words_typed)
        assert german in model.entries()[:4], words_typed
    german.action.run()
    assert window.preferences.look().language == "de" and QCoreApplication.translate("x", "Preferences") == "Preferences"
    assert any("Deutsch when you next sign in" in toast.text() for toast in window.toasts.findChildren(QLabel))
    again = next(each for each in window.catalogue.entries() if each.action.id == "everywhere.language-de")
    assert again.why_not == "It is chosen."


def test_a_window_is_built_whole_in_the_language_of_its_user(
    engine: FakeEngine, remembered: Remembered, open_window: Callable[[], MainWindow], request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: use_look(Look()))
    keep_look(remembered, f"look-{engine.port('ada').session.kept_as}", Look(language="de"))
    window = open_window()
    titles = {action.title for action in window.catalogue.everywhere}
    assert "Tastenkürzel…" in titles and "Keyboard shortcuts…" not in titles
    assert window.chat.button.accessibleName() == "Protokoll befragen"


@pytest.mark.parametrize(("read", "language"), [("de_AT:en", "de"), ("fr:de", "de"), ("ja", "en"), ("en_GB", "en"), ("", "en")])
def test_that_of_the_machine_where_nobody_chose(monkeypatch: pytest.MonkeyPatch, read: str, language: str) -> None:
    from PySide6.QtCore import QLocale

    class System:
        def uiLanguages(self) -> list[str]:
            return [name.replace("_", "-") for name in read.split(":") if name]

    monkeypatch.setattr(QLocale, "system", System)
    assert of_this_machine() == language
