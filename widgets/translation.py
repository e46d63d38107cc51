"""The console in another language: every text asked for by `tr` is looked up in a catalogue (`resources/locale`, gettext).

Texts are the keys, as written in the code; the class that asks is their context only where one text needs two translations. What the engine
says has a catalogue of its own (`widgets.engine_text`); what people wrote is shown as it was written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import GNUTranslations, translation
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

import resources

LANGUAGES = {"en": "English", "de": "Deutsch"}
WRITTEN_IN = "en"
CAPITALS_INSIDE = ("de",)  # nouns are written with a capital wherever they stand
FOLDER = Path(resources.__file__).parent / "locale"
DOMAIN = "watchroom"


class CatalogueTranslator(QTranslator):
    """Answers Qt's questions for a text from a gettext catalogue."""

    def __init__(self, catalogue: GNUTranslations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """None where the catalogue does not have it, as of dialogs of Qt itself: the next translator is asked."""
        for found in (self._catalogue.pgettext(context, source), self._catalogue.gettext(source)):
            if source and found != source:
                return found
        return None


class _Installed:
    """What this process has told Qt; at most one language at a time."""

    language = WRITTEN_IN
    translators: tuple[QTranslator, ...] = ()


def use_language(wanted: str) -> None:
    """Texts and numbers that are asked for from now on come in this language; what is on screen stays as it is. UI thread.

    Empty: that of this machine.
    """
    language = wanted or of_this_machine()
    QLocale.setDefault(_written_as(language))
    app = QCoreApplication.instance()
    if language == _Installed.language or app is None:
        return
    for translator in _Installed.translators:
        app.removeTranslator(translator)
    _Installed.language, _Installed.translators = language, () if language == WRITTEN_IN else (_of_qt(language), _of_ours(language))
    for translator in _Installed.translators:
        app.installTranslator(translator)


def tr(text: str) -> str:
    """A text in the language on screen, outside a QObject. A text that needs two translations is asked for with its context instead."""
    return QCoreApplication.translate("", text)


def language_on_screen() -> str:
    """Of the texts that are asked for now."""
    return _Installed.language


@contextmanager
def spoken_in(language: str) -> Iterator[None]:
    """For what the engine says in another language than the screen's; texts of the console itself stay in that. UI thread."""
    before, locale = _Installed.language, QLocale()
    _Installed.language = language
    QLocale.setDefault(_written_as(language))
    try:
        yield
    finally:
        _Installed.language = before
        QLocale.setDefault(locale)


def inside(noun: str) -> str:
    """A translated noun that begins with a capital, as it is written inside a sentence."""
    return noun if _Installed.language in CAPITALS_INSIDE else noun.lower()


def of_this_machine() -> str:
    """The first of the languages its user reads that the console has."""
    read = (name.partition("-")[0] for name in QLocale.system().uiLanguages())
    return next((language for language in read if language in LANGUAGES), WRITTEN_IN)


def _written_as(language: str) -> QLocale:
    """How numbers and days are written: as in this machine's country where it speaks the language."""
    machine = QLocale.system()
    spoken = WRITTEN_IN if machine.language() == QLocale.Language.C else machine.name().partition("_")[0]
    return machine if spoken == language else QLocale(language)


def _of_ours(language: str) -> QTranslator:
    found = translation(DOMAIN, FOLDER, [language])
    assert isinstance(found, GNUTranslations)
    return CatalogueTranslator(found)


def _of_qt(language: str) -> QTranslator:
    """What Qt itself says: buttons of its dialogs, menus of its fields."""
    translator = QTranslator()
    translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator
