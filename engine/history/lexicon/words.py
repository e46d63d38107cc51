"""What words mean to the grammar: no sentence of any question, only words and short turns of phrase, each in one table.

The tables are in `resources/question_words.txt`; here are those that are asked for by name.
"""

from configparser import ConfigParser
from importlib.resources import files
from typing import TypeAlias

from engine.model.alerts.gate_names import GATE_NAMES
from engine.model.event import EventKind
from engine.model.history.query import Ask, By
from engine.model.incidents.incident import IncidentCategory

Phrase: TypeAlias = tuple[str, ...]


def table_file(name: str) -> ConfigParser:
    """One of the files of words. Raises its errors where a word stands twice in a table."""
    parser = ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    parser.read_string(files("resources").joinpath(name).read_text("utf-8"))
    return parser


_FILE = table_file("question_words.txt")
_WORDS = {name: frozenset(text.split()) for name, text in _FILE["words"].items()}


def _phrases(section: str) -> dict[str, tuple[Phrase, ...]]:
    return {name: tuple(tuple(each.split()) for each in text.split(",")) for name, text in _FILE[section].items()}


PHRASES = _phrases("phrases")
EXCEPT = PHRASES.pop("except")  # before what is left out
KINDS = {EventKind(name): table for name, table in _phrases("kinds").items()}
CATEGORIES = {IncidentCategory(name): table for name, table in _phrases("categories").items()}
SLIPS = {slip: word for word, text in _FILE["slips"].items() for slip in text.split()}
CONDITIONAL = {word: name for name, text in _FILE["conditional"].items() for word in text.split()}  # by what it needs beside it
HELD_BY = {name: frozenset(Ask(each) for each in text.split()) for name, text in _FILE["held_by"].items()}  # by turn of phrase
BY_WORDS = {word: By(name) for name, text in _FILE["by"].items() for word in text.split()}
BY_PLURALS = {word: "category" if word == "categories" else word.removesuffix("s") for word in _WORDS["plurals"]}
FILLERS = _WORDS["fillers"]  # may stand in a question and change nothing
UNPLACED = _WORDS["unplaced"]  # that mean something, and are named as not understood where no part of the grammar takes them
COMMON, WORDS_THEMSELVES = _WORDS["common"], _WORDS["words_themselves"]  # that slips of the pen are taken for, and that are none
BEFORE_WHEN = _WORDS["before_when"]
ORDERS = _WORDS["orders"]  # a question is no order: such a word is never a slip of a name, and never carried out
HE, THERE, IT, FOLLOWS = _WORDS["he"], _WORDS["there"], _WORDS["it"], _WORDS["follows"]
LEFT_OUT = _WORDS["left_out"]  # behind what is left out
THINGS = _WORDS["things"]  # of which no event tells
DOOR_WORDS, CAMERA_WORDS, NODE_WORDS, ZONE_WORDS = _WORDS["doors"], _WORDS["cameras"], _WORDS["nodes"], _WORDS["zones"]
LOST, PER, AT_LEAST_HIGH = _WORDS["lost"], _WORDS["per"], _WORDS["at_least_high"]
SEVERITIES = {"minimal": 1, "low": 2, "minor": 2, "moderate": 3, "medium": 3, "high": 4, "severe": 4, "critical": 5, "extreme": 5}
_GATES = {tuple(text.lower().split()): gate for gate, name in GATE_NAMES.items() for text in (gate, name)}
GATES = dict(sorted(_GATES.items(), key=lambda gate: -len(gate[0])))  # by their words in a decision and on screen, the longest first
