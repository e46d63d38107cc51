"""One name for each kind of event, everywhere: a second one cannot be written."""

import ast
import re
from pathlib import Path

import pytest

from engine.alerts.words import alert_sentence
from engine.history.answers.words import KIND_NOUNS
from engine.model.alerts.alert import Alert
from engine.model.event import Event, EventKind, Severity
from engine.model.history.event_names import EVENT_NAMES, event_name
from widgets.alerts.alert_words import alert_title
from widgets.timeline.timeline_words import mark_word
from widgets.words import event_title, kind_word

ROOT = Path(__file__).parents[2]
OF_OTHER_THINGS = {  # tables by kind whose texts are no names of it
    "engine/model/alerts/cap.py",
    "engine/pipeline/cameras/activities.py",
    "engine/runtime/messages/webhook.py",
    "engine/gateway/reference/events.py",
    "widgets/alerts/alert_pictures.py",
    "widgets/events/event_delegate.py",
}
EARLIER = (
    "Visits to zones",
    "Zone visit",
    "Somebody entered a zone",
    "Zones? in use",
    "Went through",
    "Ways through doors",
    "Somebody went through a door",
    "Person appeared",
    "Person seen",
    "Somebody is there",
    "Somebody found by radio",
    "Lost cameras?",
    "Camera (?:was )?lost",
    "Lost nodes?",
    "(?:Radio )?[Nn]ode (?:was )?lost",
    "Somebody (?:fell|ran|runs|loiters)",
    "Name became known",
    "Names found",
    "Unsure who it is",
    "Smoke seen",
    "In two places at once",
    "Badges? without (?:its|their) owner",
    "Unexplained motion",
)


def some_event(kind: EventKind, ended_ns: int | None = None) -> Event:
    return Event("ev-1", kind, "gate", "s", Severity.LOW, 0, ended_ns, 0, 1.0, "de-1")


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_place_says_the_same_name(kind: EventKind) -> None:
    name = EVENT_NAMES[kind]
    alert = Alert("al-1", "de-1", "rule", kind, Severity.LOW, 0, 0)
    said = {kind_word(kind), event_title(some_event(kind)), event_title(some_event(kind, 5)), alert_title(alert), event_name(kind.value)}
    assert said == {name}
    assert mark_word(kind.value) == name.lower()
    assert alert_sentence(kind, "Hall") == f"{name}, Hall."


def test_names_differ_and_are_noun_phrases_of_few_words() -> None:
    assert set(EVENT_NAMES) == set(EventKind) and len(set(EVENT_NAMES.values())) == len(EventKind)
    assert all(name[0].isupper() and len(name.split()) <= 4 and "ombody" not in name for name in EVENT_NAMES.values())


@pytest.mark.parametrize("kind", list(EventKind))
def test_what_is_counted_has_the_words_of_the_name(kind: EventKind) -> None:
    """`Zone entered` is counted as `zone entries`: other endings, no other words."""
    stems = {word[:3] for word in EVENT_NAMES[kind].lower().split()} | {"eve"}
    assert all({word[:3] for word in noun.split()} <= stems for noun in KIND_NOUNS[kind.value])


def test_no_table_by_kind_has_words_of_its_own() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ("widgets", "console", "engine")
        for path in (ROOT / room).rglob("*.py")
        if _texts_by_kind(path)
    }
    assert found - OF_OTHER_THINGS == {"engine/model/history/event_names.py"}


def _texts_by_kind(path: Path) -> bool:
    """A dictionary from four or more kinds to texts."""
    source = path.read_text("utf-8")
    return "EventKind." in source and any(
        sum(
            isinstance(key, ast.Attribute) and ast.unparse(key.value) == "EventKind" and _is_text(value)
            for key, value in zip(node.keys, node.values, strict=True)
        )
        >= 4
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict)
    )


def _is_text(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(node))


def test_no_text_on_screen_has_an_earlier_name() -> None:
    earlier = re.compile(rf"^(?:{'|'.join(EARLIER)})$")
    for room in ("widgets", "console"):
        for path in (ROOT / room).rglob("*.py"):
            texts = [
                node.value
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            assert not [text for text in texts if earlier.match(text)], path


def test_the_glossary_lists_the_names() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    listed = re.findall(r"^\| ([^|]+) \| `(\w+)` \|", text.partition("## Kinds of events")[2], re.MULTILINE)
    assert {EventKind(value): name.strip() for name, value in listed} == EVENT_NAMES


def test_the_manual_has_no_earlier_name() -> None:
    earlier = re.compile(rf"\*(?:{'|'.join(EARLIER)})\*")
    pages = [path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts]
    assert not [path for path in pages if earlier.search(path.read_text("utf-8"))]
