"""The sentences of the engine, read from its code: `make words` brings their catalogue (`engine.po`) in step with them.

A sentence is a text of several words that the engine may say to people, with a numbered field for each thing that changes; where a piece
of it depends on something (`"is" if one else "are"`), each way it can go is a sentence. What reaches no console is left out, by lists.
"""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

from engine.history.answers.answers import GROUP_NOUNS
from engine.history.answers.words import KIND_NOUNS, OF_NOUNS, one_of
from engine.history.names import NamedKind
from engine.history.when.units import WEEKDAYS
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.decision import CandidateKind, Outcome
from engine.model.alerts.gate_names import GATE_NAMES
from engine.model.event import Severity
from engine.model.history.event_names import EVENT_NAMES
from engine.model.history.query import Measure
from engine.model.incidents.incident import IncidentCategory, IncidentState

ROOT = Path(__file__).parents[2]
MOST_WAYS = 32  # of one text
LONGEST = 600  # characters: what is longer is told to no person, but to a language model
LEFT_OUT = {
    "console/__main__.py": "the command line",
    "benchmarks/*": "the same",
    "console/commands/*": "the same",
    "console/mot_files.py": "the same",
    "engine/gateway/*": "the border for scripts and other machines, which is in English",
    "engine/history/a*": "answers of the chat, which are a catalogue of their own",
    "engine/history/briefing.py": "the same",
    "engine/history/grammar*": "the same",
    "engine/history/lexicon/*": "the same",
    "engine/history/names.py": "the same",
    "engine/history/queries*": "the same",
    "engine/history/when*": "the same",
    "engine/history/plan*": "the same",
    "engine/history/recount.py": "the same",
    "engine/history/claude/plan_schema.py": "what a language model is told",
    "engine/history/claude/plan_examples.py": "what a language model is shown",
    "engine/history/claude/plan_reader.py": "what a language model is told of its plan",
    "engine/history/claude/prices.py": "the same",
    "engine/history/claude/pseudonyms.py": "the same",
    "engine/history/typed_search.py": "words that are typed into a search, in both languages",
    "engine/incidents/vocabulary.py": "words that reports are searched for",
    "engine/incidents/wording.py": "the same",
    "engine/incidents/atlas/taxonomy.py": "Atlas's own names of categories",
    "engine/incidents/atlas/anonymity.py": "what stands in what is sent to Atlas",
    "engine/runtime/evidence/report*": "files of an evidence pack, for whoever gets it",
    "engine/runtime/evidence/front_page.py": "the same",
    "engine/runtime/evidence/documents*": "the same",
    "engine/runtime/evidence/raw.py": "the same",
    "engine/runtime/health/diagnostics.py": "a file for whoever looks after the program",
    "engine/runtime/health/metric*": "the same",
    "engine/model/value_class.py": "code, and faults of whoever writes it",
    "engine/runtime/inference/kept_trials.py": "marks of a machine",
    "engine/radio/kernels/*": "code, and faults of whoever writes or builds it",
    "engine/runtime/notify/message*": "messages to others, by mail and to phones",
    "engine/sources/node/csi_text.py": "read by the command line only",
    "engine/sources/simulated/demo.py": "names of the demo site",
    "engine/sources/simulated/nodes/fleet*": "the command line's simulated nodes",
    "engine/sources/simulated/waves/room.py": "the same",
    "engine/sources/simulated/falls.py": "the same",
    "engine/sources/simulated/town*": "what simulated people report",
    "engine/sources/simulated/truth_file.py": "the command line",
    "engine/sources/ble/companies.py": "names",
    "engine/speech/phrases.py": "what is listened for",
    "engine/speech/closed_grammar.py": "the same",
    "engine/speech/introduction.py": "the same",
    "engine/runtime/hub/hub_keys.py": "the command line of a hub",
    "engine/runtime/hub/nats_claims.py": "what a NATS server reads",
    "engine/runtime/hub/replication_messages.py": "what sites and hubs tell each other",
    "engine/runtime/hub/hub_asking.py": "the same",
    "engine/runtime/hub/clip_messages.py": "the same",
    "engine/model/replication.py": "the same",
    "engine/store/migrations/*": "SQL",
    "engine/store/replication/*": "the same",
    "engine/store/shared/*": "the same",
    "engine/store/scoped.py": "SQL",
    "engine/store/json_lists.py": "SQL",
    "engine/vision/gestures/parsing.py": "shapes of data that scripts send",
    "engine/vision/gestures/recent.py": "states that this program wrote itself",
    "engine/vision/gestures/watch.py": "the same",
    "engine/vision/tracking/*": "what detectors hand over, inside",
}
NOT_LEFT_OUT = (
    "engine/gateway/app.py",
    "engine/gateway/refusals.py",
    "engine/gateway/border/guards.py",
    "engine/gateway/hub/door.py",
    "engine/gateway/remote/portal.py",
    "engine/gateway/remote*",
    "engine/gateway/federation*",
)  # consoles hear of it
NOT_SAID = {  # marks of files, keys, names that people change: texts of several words that nobody is told
    ", after somebody else",
    "{0}; not done, after somebody else",
    "said at the hub {0} while this site was away{1}; intent {2}",
    "watchroom evidence 1",
    "watchroom combined evidence 1",
    "Part of combined evidence pack",
    "{0} {1} of {2}",
    "watchroom audit head 1",
    "watchroom audit 1",
    "watchroom audit 2",
    "Bearer {0}",
    "Basic {0}",
    "mqtt {0}",
    "{0} yunet",
    "{0} heads",
    "Say: ready",
    "Times are in {0}.",
    "My site",
    "hevent {0} s{1}",
    "({0} OR {1})",
    "words : {0} *",
    "words : {0}",
    "(words : ({0}))",
    "(words : {0} *)",
    "(words : {0})",
    "({0}) NOT {1}",
    ", algorithm={0}",
    ', qop=auth, nc={0}, cnonce="{1}"',
    "Digest {0}",
    "{0} {1} RTSP/1.0",
    "tuple[Touring, str]",
    "(marks : ({0}))",
    "Watchroom, schema",
    "Exception from",
    "NodeSession({0}, {1})",
    "NodeTokens({0} revoked)",
    "Membership({0}, {1})",
    "ptz {0}",
    "bytes {0}-",
    "invalid hello format",
    "expected hello first",
    "BEGIN IMMEDIATE",
    "{0}, in {1}",  # the label of a setting, which is gathered with its words
}
ALSO_SAID = (  # what the system and libraries say, inside of sentences, and words that stand for a value
    "No space left on device",
    "Permission denied",
    "Read-only file system",
    "Input/output error",
    "No such file or directory",
    "Not a directory",
    "Is a directory",
    "Connection refused",
    "Connection reset by peer",
    "Connection timed out",
    "No route to host",
    "Network is unreachable",
    "Name or service not known",
    "Temporary failure in name resolution",
    "timed out",
    "crashed",
    "The engine is behind",
    *(f"This account may not {verb.value.replace('_', ' ')}." for verb in Verb),
    "cannot be read ({0})",
    *(f"{{0}} ({severity})" for severity in ("minimal", "low", "moderate", "high", "critical")),
    "One person reports {0}.",
    "{0} people report {1}.",
)
WORDS = (  # that stand alone in fields
    *("camera", "cameras", "node", "nodes", "microphone", "zone", "line", "person", "people", "channel", "webhook", "rule", "rules"),
    *("lookout", "device", "door", "portal", "wall", "event", "events", "alert", "alerts", "incident", "incidents", "report", "reports"),
    *("clip", "clips", "recording", "recordings", "rows", "features", "faces", "decisions"),
    *("bookmarks", "backups", "picture", "image", "video", "sound"),
    *("face", "ble", "voice", "gesture", "look", "phone", "radio"),
    *("drugs", "something", "theft", "assault", "vandalism", "burglary", "violence", "weapons", "disturbance", "fire"),
    *("temperature", "humidity", "wind", "rain", "password", "key", "token", "login"),
    *("new", "acknowledged", "closed", "offline", "online", "and", "Smoke"),
    *("suddenness", "speed", "confidence", "movement", "duration"),
    *EVENT_NAMES.values(),
)
ANSWERS = (  # where answers of the chat and lines of the briefing are written, and why a question was not understood
    "answers/*.py",
    "asking.py",
    "briefing.py",
    "plan_run.py",
    "claude/planner.py",
    "grammar/counts.py",
    "grammar/grammar.py",
    "grammar/names_in_question.py",
    "grammar/offline_planner.py",
    "grammar/query_wording.py",
    "grammar/turns.py",
    "queries/people.py",
    "queries/reach.py",
    "queries/typical.py",
    "queries/watch.py",
)
NOT_ANSWERED = {  # what says too little by itself, is asked, or is no sentence
    *(
        "a {0}",
        "an {0}",
        "no {0}",
        "the {0} {1}",
        "the cameras {0}",
        "There is {0} {1}.",
        "Say: ready",
        "What happened today?",
        "Times are in",
        "by now",
    ),
    *("Nearest question: {0}", "first seen", "last seen", "people were", "person was", "was not", "were not", "had no record yet"),
    *("{0} h {1} min", "{0} min {1} s", "{0} min", "{0} km"),
}
_NOUNS = (*KIND_NOUNS.values(), *OF_NOUNS.values(), *GROUP_NOUNS.values(), ("sighting", "sightings"), ("zone", "zones"))
_VALUES: tuple[type[StrEnum], ...] = (AlertState, IncidentState, IncidentCategory, Outcome, Disposition, Measure, CandidateKind)
ANSWER_WORDS = {  # that stand for a value in answers
    *(word for pair in _NOUNS for word in pair),
    *(f"no {one}" for one, _ in _NOUNS),
    *(one_of(one) for one, _ in KIND_NOUNS.values()),
    *(f"the {kind.value} {{0}}" for kind in NamedKind),
    *GATE_NAMES,
    *GATE_NAMES.values(),
    *("beyond the portal", "both", "certainty", "close", "distance", "drop", "faces", "frames", "impact", "in place", "lasted", "lasts"),
    *("likelihood", "lying", "margin", "movement", "name", "reports", "similarity", "speaker", "speed", "stays", "straight", "sudden"),
    *("whole", "{0} %"),  # conditions of what makes candidates
    *(severity.name.lower() for severity in Severity),
    *(each.value.replace("_", " ") for kind in _VALUES for each in kind),
    *(day.capitalize() for day in WEEKDAYS),
    *(
        "and",
        "{0} to {1}",
        "at the camera {0}",
        "at the zone {0}",
        "motion",
        "yes",
        "no",
        "none",
        "now",
        "phone",
        "looks",
        "nobody",
        "clip",
        "clips",
    ),
    *("share: {0}", "spans: {0}", "time: {0}", "kinds: {0}", "were not watched yet", "were not watched, as the engine did not run"),
    "the phone of an unidentified person was left behind{0}",
    *("anyone", "anywhere", "cameras", "days", "hours", "persons", "strangers", "weekdays", "zones"),  # of questions that are offered
    *("visit", "visits", "there were none", "was not watched", "were not watched", "was not watched, as the engine did not run"),
}
_WORDS = re.compile(r"[A-Za-z’',;:)\0]+ [a-zA-Z(\0]")
_WORD = re.compile(r"[A-Za-z]{2}")
_FIELD = "\0"
_NAMED_FIELD = re.compile(r"\{[^{}]*\}")
_SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|ALTER TABLE|PRAGMA|VALUES|COMMENT ON|SHOW|WHERE|ORDER BY|COLLATE)\b|^CREATE"
)
_CODE = re.compile(r"^[\w., ]*_ns\b|AND id IN|level = \?|camera_id IN|\\|<\?xml|\"type\"|Host: |\) OR ")
_NOT_TO_PEOPLE = {"debug", "info", "warning", "error", "exception", "log"}  # of a logger
_BUGS = {"ValueError", "TypeError", "RuntimeError", "AssertionError", "KeyError", "LookupError", "NotImplementedError"}
_REASONS = {"NotUndoable", "not_audited", "audits_itself"}  # why an operation has no such policy: for who reads the code
_DECLARED = {*_REASONS, "Field", "Setting", "HTTPException", "cast", "TypeVar", "getLogger", "word_set", "phrases", "fullmatch", "compile"}
_FAULTS = {"InputError", "EnvironmentFault", "NotFound", "PermissionDenied", "NotSignedIn"}


def sentences() -> set[str]:
    """Every sentence of the engine, and those that the console raises as errors of the engine's kinds."""
    files = (path for path in sorted((ROOT / "engine").rglob("*.py")) if not left_out(path))
    ours = {text for path in files for text in _texts(ast.parse(path.read_text()))}
    screens = (path for room in ("console", "widgets") for path in sorted((ROOT / room).rglob("*.py")) if not left_out(path))
    refusals = {text for path in screens for text in _refusals(ast.parse(path.read_text()))}
    return {*ours, *refusals, *ALSO_SAID, *WORDS} - NOT_SAID


def answer_sentences() -> set[str]:
    """What answers are put together from: sentences, and the phrases and words in their fields."""
    files = (path for pattern in ANSWERS for path in (ROOT / "engine" / "history").glob(pattern))
    phrases = {text.strip(" ,") for path in files for text in _texts(ast.parse(path.read_text()))}
    return {*phrases, *ANSWER_WORDS} - NOT_ANSWERED


def left_out(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(fnmatch(name, pattern) for pattern in LEFT_OUT) and not any(fnmatch(name, pattern) for pattern in NOT_LEFT_OUT)


def _refusals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _FAULTS:
            yield from _texts(node)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in _literals(tree):
        yield from (text for way in _ways(node) if (text := _numbered(way)))


def _numbered(way: str) -> str:
    """With fields `{0}`, `{1}` …; empty where it is no sentence."""
    text = re.sub(f"{_FIELD}+", _FIELD, _NAMED_FIELD.sub(_FIELD, way)).strip()
    if len(text) > LONGEST or not _WORDS.search(text) or not _WORD.search(text) or _SQL.search(text) or _CODE.search(text):
        return ""
    number = itertools.count()
    return re.sub(_FIELD, lambda _: f"{{{next(number)}}}", text)


def _literals(node: ast.AST) -> Iterator[ast.expr]:
    """Outermost texts, and those within the fields of others."""
    if isinstance(node, ast.Call) and _is_for_nobody(node):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.keyword) and node.arg == "summary":
        return  # of a route, for who writes scripts
    if isinstance(node, ast.expr) and _is_text(node):
        yield node
        inner: Iterable[ast.AST] = (each.value for each in ast.walk(node) if isinstance(each, ast.FormattedValue))
    else:
        inner = [node.value] if isinstance(node, ast.AnnAssign) and node.value else ast.iter_child_nodes(node)
    for each in inner:
        yield from _literals(each)


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_for_nobody(call: ast.Call) -> bool:
    name = _name(call.func)
    logged = name in _NOT_TO_PEOPLE and isinstance(call.func, ast.Attribute) and "log" in ast.unparse(call.func.value).lower()
    return logged or name in _BUGS or name in _DECLARED


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _ways(node: ast.expr) -> list[str]:
    """Every way a text can go, with a mark for each field."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return _joined([_ways(part) for part in parts])
        case ast.FormattedValue(value=ast.IfExp() | ast.Constant() | ast.JoinedStr() | ast.BinOp() as value):
            return _ways(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([_ways(left), _ways(right)])
        case ast.IfExp(body=one, orelse=other):
            return list(dict.fromkeys([*_ways(one), *_ways(other)]))
        case _:
            return [_FIELD]


def _joined(parts: list[list[str]]) -> list[str]:
    if len(list(itertools.islice(itertools.product(*parts), MOST_WAYS + 1))) > MOST_WAYS:
        parts = [part if len(part) == 1 else [_FIELD] for part in parts]
    return list(dict.fromkeys("".join(way) for way in itertools.product(*parts)))
