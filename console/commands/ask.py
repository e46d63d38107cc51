"""`watchroom ask QUESTION`: a question in words about what was recorded. Reads only, also beside a running engine, and needs no Qt."""

import argparse
import json
from pathlib import Path
from typing import Any

from console.folders import default_data
from engine.history.asking import Asker
from engine.history.asking_site import ChatSite
from engine.history.grammar.offline_planner import OfflinePlanner
from engine.history.planner import PlannerQuestion
from engine.model.accounts.access import ROLE_VERBS, Role
from engine.model.errors import InputError
from engine.model.history.chat import AskRecord, ChatAnswer, Citation, ClaimStatus, Sentence
from engine.model.history.query import Viewer
from engine.model.plain_text import escaped
from engine.model.time import SystemClock, from_iso, to_iso
from engine.runtime.settings.settings_file import load_settings
from engine.runtime.settings.site_zone import zone_of
from engine.store.event_query import look_at

_DATABASE, _SETTINGS = "watchroom.db", "settings.toml"
_LATEST_NS = 4_102_444_800_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", help="for example: when was John last seen?")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the engine's data folder (default: this machine's site)")
    parser.add_argument("--at", metavar="TIME", help="take this for now: ISO-8601 with a zone (default: the clock's time)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `question`, `at`), EnvironmentFault."""
    answer = ask(parsed.data or default_data(), parsed.question, _now_ns(parsed.at))
    print(json.dumps(as_plain(answer), ensure_ascii=False) if parsed.json else answer_text(answer))
    return 0


def ask(folder: Path, question: str, now_ns: int) -> ChatAnswer:
    """Whoever can read the folder may see all of it."""
    if not (folder / _DATABASE).is_file():
        raise InputError("data", f"{folder} is no data folder: there is no {_DATABASE} in it")
    asked = _checked(question)
    settings = load_settings(folder / _SETTINGS)
    site = ChatSite(look_at(folder / _DATABASE), settings, zone_of(settings))
    viewer = Viewer(ROLE_VERBS[Role.ADMIN])
    plain = PlannerQuestion(asked.message, now_ns, site.zone, site.directory(viewer))
    return Asker((OfflinePlanner(),)).ask(site.reach(viewer, now_ns), plain, "")


def _checked(question: str) -> AskRecord:
    try:
        return AskRecord(question)
    except InputError as error:
        raise InputError("question", error.message) from None


def _now_ns(given: str | None) -> int:
    if given is None:
        return SystemClock().now_ns()
    try:
        return from_iso(given)
    except ValueError as error:
        raise InputError("at", str(error)) from None


def as_plain(answer: ChatAnswer) -> dict[str, Any]:
    """The document of contracts: see docs/investigator/ask.md."""
    return {
        "answer": answer.answer,
        "understood": answer.understood,
        "query": json.loads(answer.query) if answer.query else {},
        "time_zone": answer.time_zone,
        "sentences": [_sentence(sentence) for sentence in answer.sentences],
        "suggestion": answer.suggestion,
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "citations": [_citation(each) for each in sentence.citations], "status": sentence.status.value}


def _citation(citation: Citation) -> dict[str, Any]:
    at_ns = min(max(citation.at_ns, 0), _LATEST_NS)
    return {"kind": citation.kind.value, "id": citation.id, "t": to_iso(at_ns), "camera": citation.camera_id}


def answer_text(answer: ChatAnswer) -> str:
    lines = [_sentence_line(sentence) for sentence in answer.sentences if sentence.status is not ClaimStatus.STRUCK]
    return "\n".join(escaped(line) for line in (lines or answer.answer.splitlines()))


def _sentence_line(sentence: Sentence) -> str:
    ids = ", ".join(citation.id for citation in sentence.citations if not citation.id.startswith("{") and "@" not in citation.id)
    return f"{sentence.text} [{ids}]" if ids else sentence.text
