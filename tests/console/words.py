"""`make words`: gathers the texts of the console and the sentences of its engine, asks for their translations in `resources/locale`, and
compiles what is there.

Run: `python tests/console/words.py`. Texts that are new stand in the catalogues with an empty translation; those that are gone are removed.
"""

import ast
import io
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).parents[2]))

from console.dialogs.setting_fields import unit_suffix
from engine.model.alerts.gate_names import GATE_NAMES
from engine.model.history.event_names import EVENT_NAMES
from engine.model.setting import described_fields
from engine.model.settings import Settings
from tests.console import engine_words
from widgets import answer_text, engine_text
from widgets.translation import DOMAIN

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "resources" / "locale"
MARKED = {"tr": None, "_tr": None, "marked": None, "translate": (2,), "QT_TRANSLATE_NOOP": (2,)}  # the last two have a context first
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
ABOUT = "# Made by `make words`; translate what has no translation, and run it again. tests/console/test_translation.py checks it."


@cache
def written() -> set[str]:
    """Every text of the console, as it stands in the code."""
    rows = [row for name in ("console", "widgets") for row in extract_from_dir(ROOT / name, [("**.py", "python")], keywords=MARKED)]
    return (
        {str(message) for _, _, message, _, _ in rows} | _within_strings() | _of_settings() | {*EVENT_NAMES.values(), *GATE_NAMES.values()}
    )


def _of_settings() -> set[str]:
    """Labels, helps and units of the settings, which are described in the engine and shown by the console."""
    described = [field.setting for field in described_fields(Settings) if field.setting is not None]
    texts = {text for setting in described for text in (setting.label, setting.help)}
    return texts - {""} | {unit_suffix(setting.unit) for setting in described if setting.unit}


def _within_strings() -> set[str]:
    """Those in the fields of f-strings, into which Babel does not look."""
    files = [path for name in ("console", "widgets") for path in (ROOT / name).rglob("*.py")]
    strings = [node for path in files for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.JoinedStr)]
    calls = [node for string in strings for node in ast.walk(string) if isinstance(node, ast.Call) and _name(node.func) in MARKED]
    return {call.args[-1].value for call in calls if isinstance(call.args[-1], ast.Constant)}


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def catalogue(language: str, domain: str = DOMAIN) -> Catalog:
    path = po_of(language, domain)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Without who and when, so that the same texts are the same bytes."""
    plain = Catalog(locale=catalogue.locale, header_comment="", project="Watchroom", version="1", creation_date=NEVER, revision_date=NEVER)
    for message in catalogue:
        if message.id and message.string:
            plain.add(message.id, message.string, context=message.context)
    file = io.BytesIO()
    write_mo(file, plain)
    return file.getvalue()


def po_of(language: str, domain: str = DOMAIN) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def renew(language: str, texts: set[str], domain: str = DOMAIN) -> int:
    """Bring a catalogue in step with the code. Gives how many texts have no translation."""
    before = {(message.id, message.context): message.string for message in catalogue(language, domain) if message.id in texts}
    after = Catalog(locale=language, header_comment=ABOUT)
    for text, context in sorted({*before, *((text, None) for text in texts)}, key=lambda each: (str(each[0]), each[1] or "")):
        after.add(text, before.get((text, context), ""), context=context)
    file = io.BytesIO()
    write_po(file, after, width=140, sort_output=True, omit_header=True, no_location=True)
    head = f'{ABOUT}\nmsgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path = po_of(language, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head.encode() + file.getvalue())
    path.with_suffix(".mo").write_bytes(compiled(after))
    return sum(not message.string for message in after if message.id)


def main() -> int:
    engines = (engine_text.DOMAIN, engine_words.sentences()), (answer_text.DOMAIN, engine_words.answer_sentences())
    for domain, texts in ((DOMAIN, written()), *engines):
        languages = [path.parent.parent.name for path in sorted(FOLDER.glob("*/LC_MESSAGES/watchroom.po"))]
        print(f"{domain}: {len(texts)} texts; without a translation: { {each: renew(each, texts, domain) for each in languages} }")
    return 0


if __name__ == "__main__":
    sys.exit(main())
