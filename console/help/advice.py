"""What guided help is made of: rules, and what they come to in words. Pure."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication

from engine.model.snapshot import Snapshot
from engine.model.upkeep import UpkeepView
from engine.model.value_class import dataclass

_CONTEXT = "Troubleshooting"
Words = dict[str, str]
Found = Iterator[Words]


@dataclass(frozen=True, slots=True)
class Rule:
    """`look`: for each time it holds, what its words name. `because` and `tries` are sentences."""

    id: str
    title: str
    because: str
    tries: tuple[str, ...]
    look: Callable[[Snapshot, UpkeepView], Found]


@dataclass(frozen=True, slots=True)
class Advice:
    """In words. `subject`: id of the camera, empty where it is about the whole."""

    rule_id: str
    title: str
    because: str
    tries: tuple[str, ...]
    subject: str = ""


def build_advice(rule: Rule, words: Words) -> Advice:
    def translate_template(text: str) -> str:
        return QCoreApplication.translate(_CONTEXT, text).format(**words).strip()

    return Advice(
        rule.id,
        translate_template(rule.title),
        translate_template(rule.because),
        tuple(map(translate_template, rule.tries)),
        words.get("id", ""),
    )
