"""The nearest question that can be answered, in the language on screen. The engine writes it in English (`query_wording`), which is what is
asked; here it is read as the forms that it has, to the last word, or shown in English as it is."""

import re
from collections.abc import Callable

from engine.model.history.chat import Sentence
from widgets.answer_text import translate_answer
from widgets.translation import WRITTEN_IN, language_on_screen, tr

_OF = "(?: of (?P<of>.+?))?"
_WHAT = "(?P<what>[a-z ]+?)"
_WHO = "(?P<who>.+?)"
_DAY = r"\d{4}-\d\d-\d\d"
_REST = re.compile(
    rf"(?: by (?P<by>\w+))?(?: at (?P<places>the (?:camera|zone) .+?))?"
    rf"(?: on (?P<day>{_DAY})| from (?P<since>{_DAY} .+?) to (?P<until>{_DAY} .+?))?\?"
)
_STRANGER, _ANYONE = "a stranger", "anyone"
_BY = {"gate": "condition that held", "assignee": "operator"}  # the others are called as they are grouped


def nearest_question_text(question: str) -> str:
    if language_on_screen() == WRITTEN_IN:
        return question
    return next((text for form, show in _forms() if (found := _match(form, question)) and (text := _text_of(found, show))), question)


def _match(form: str, question: str) -> re.Match[str] | None:
    return re.fullmatch(f"{form}{_REST.pattern}", question)


def _text_of(found: re.Match[str], show: str) -> str:
    """Empty: a word of it is not known. `show`: {0} is what or who it is about, {1} its place, time and people."""
    parts = found.groupdict()
    subject = _noun(parts["what"]) if parts.get("what") else _who(parts.get("who") or "", tr("an unidentified person"), tr("anybody"))
    if parts.get("what") and not subject:
        return ""
    rest = " ".join(filter(None, (_of(parts.get("of")), _by(parts["by"]), _places(parts["places"]), _time(parts))))
    return show.format(subject or parts.get("limit", ""), f" {rest}" if rest else "")


def _forms() -> tuple[tuple[str, str], ...]:
    """How a question begins, and how it is shown."""
    return (
        (r"What happened today", tr("What happened today{1}?")),
        (f"How many {_WHAT} were there a day on average{_OF}", tr("How many {0} were there a day on average{1}?")),
        (f"How many {_WHAT} were there{_OF}", tr("How many {0} were there{1}?")),
        (r"Who were the first (?P<limit>\d+) people", tr("Who were the first {0} people{1}?")),
        (r"Who were the last (?P<limit>\d+) people", tr("Who were the last {0} people{1}?")),
        (f"When was the first {_WHAT}{_OF}", tr("When were there first {0}{1}?")),
        (f"When was the last {_WHAT}{_OF}", tr("When were there last {0}{1}?")),
        (f"When was {_WHO} first seen", tr("When was {0} first seen{1}?")),
        (f"When was {_WHO} last seen", tr("When was {0} last seen{1}?")),
        (f"Where was {_WHO}", tr("Where was {0}{1}?")),
        ("Who was seen", tr("Who was seen{1}?")),
        (f"How long was {_WHO} seen", tr("How long was {0} seen{1}?")),
        ("Who was not here", tr("Who was not here{1}?")),
        (f"Who was with {_WHO}", tr("Who was together with {0}{1}?")),
        (f"Show the clip of the last {_WHAT}{_OF}", tr("Is there a clip of the last {0}{1}?")),
        ("What is the reason for the last alert", tr("What is the reason for the last alert{1}?")),
        ("Why was there no alert", tr("Why was there no alert{1}?")),
        ("Was everything observed", tr("Was everything observed{1}?")),
        ("Who acknowledged the alerts", tr("Who acknowledged the alerts{1}?")),
        (f"List the {_WHAT}{_OF}", tr("Which {0} were there{1}?")),
        (f"What was the longest {_WHAT}{_OF}", tr("Which {0} were the longest{1}?")),
        (f"What was the shortest {_WHAT}{_OF}", tr("Which {0} were the shortest{1}?")),
        (f"When does {_WHO} usually arrive", tr("When does {0} usually arrive{1}?")),
        (f"When does {_WHO} usually leave", tr("When does {0} usually leave{1}?")),
        (f"On how many days were there {_WHAT}{_OF}", tr("On how many days were there {0}{1}?")),
    )


def _noun(what: str) -> str:
    """Several of them, whether or not the question speaks of one; empty: not known."""
    ours = {"lost cameras": tr("lost cameras"), "lost nodes": tr("lost nodes"), "held alerts": tr("held alerts")}
    for several in (f"{what}s", what):
        counted = f"2 {several}"  # behind a number it begins as it does inside a sentence
        shown = ours.get(several) or translate_answer(Sentence(counted)).removeprefix("2 ")
        if shown != several:
            return shown
    return ""


def _of(who: str | None) -> str:
    return "" if not who else tr("of {0}").format(_who(who, tr("somebody unidentified"), tr("anybody")))


def _who(who: str, stranger: str, anybody: str) -> str:
    return {_STRANGER: stranger, _ANYONE: anybody}.get(who) or _list_text(who.split(" and "), str)


def _by(group: str | None) -> str:
    return "" if group is None else tr(f"by {_BY.get(group, group)}")


def _places(places: str | None) -> str:
    return "" if places is None else _list_text(re.split(r" and (?=the (?:camera|zone) )", places), _place)


def _place(place: str) -> str:
    camera = place.removeprefix("the camera ")
    return tr("at the camera {0}").format(camera) if camera != place else tr("in the zone {0}").format(place.removeprefix("the zone "))


def _list_text(parts: list[str], show: Callable[[str], str]) -> str:
    shown = [show(part) for part in parts]
    return shown[0] if len(shown) == 1 else tr("{0} and {1}").format(", ".join(shown[:-1]), shown[-1])


def _time(parts: dict[str, str | None]) -> str:
    if parts["day"]:
        return tr("on the day {0}").format(parts["day"])
    return tr("between {0} and {1}").format(parts["since"], parts["until"]) if parts["since"] else ""
