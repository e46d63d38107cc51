"""Asking about the generated week, and whether an answer is what is true."""

import re
from collections.abc import Generator
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from engine.history.asking import Asker
from engine.history.grammar.offline_planner import OfflinePlanner
from engine.history.names import Directory, directory_of
from engine.history.planner import PlannerQuestion, Turn
from engine.history.queries.reach import Reach
from engine.history.queries.watch import LostCameras
from engine.model.accounts.access import ROLE_VERBS, Role
from engine.model.history.chat import ChatAnswer, ClaimStatus
from engine.model.history.event_query import AskedRecord
from engine.model.history.query import Viewer
from engine.model.history.query_text import from_text
from tests.engine.history.chat_questions import Wants
from tests.fakes.week import CAMERAS, NOW, PEOPLE, SETTINGS, ZONE, generated, kept, ns

EVERYTHING = Viewer(ROLE_VERBS[Role.ADMIN], user="anna")


@dataclass(slots=True)
class Site:
    record: AskedRecord
    now_ns: int = ns(NOW)

    def reach(self, viewer: Viewer = EVERYTHING) -> Reach:
        cameras = tuple(camera.id for camera in CAMERAS if viewer.sees(camera.id))
        return Reach(self.record, viewer, self.now_ns, ZONE, cameras, LostCameras(self.record, self.now_ns))

    def ask(self, question: str, *before: ChatAnswer, viewer: Viewer = EVERYTHING) -> ChatAnswer:
        return Asker((OfflinePlanner(),)).ask(self.reach(viewer), self.put(question, *before, viewer=viewer), "ch-1")

    def put(self, question: str, *before: ChatAnswer, viewer: Viewer = EVERYTHING) -> PlannerQuestion:
        turns = tuple(Turn(each.question, each.answer, from_text(each.query) if each.query else None) for each in before)
        return PlannerQuestion(question, self.now_ns, ZONE, self.directory(viewer), turns, user=viewer.user)

    def directory(self, viewer: Viewer = EVERYTHING) -> Directory:
        return directory_of(SETTINGS, PEOPLE, ("wave",), viewer.cameras)


def _fixed(argument: Any) -> Any:
    return tuple(argument) if isinstance(argument, list) else argument


class Still:
    """A record that nobody writes any more: what it once answered, it answers again without looking."""

    def __init__(self, record: AskedRecord) -> None:
        self._record = record
        self._told: dict[object, Any] = {}

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._record, name)

        def told(*arguments: Any, **named: Any) -> Any:
            question = (name, *map(_fixed, arguments), *sorted((key, _fixed(value)) for key, value in named.items()))
            if question not in self._told:
                self._told[question] = asked(*arguments, **named)
            return copy(self._told[question])

        return told


@contextmanager
def site_in(folder: Path) -> Generator[Site]:
    with closing(kept(generated(), folder)) as store:
        yield Site(cast(AskedRecord, Still(store.asked)))


def missed(answer: ChatAnswer, wants: Wants) -> str:
    """What is wrong with an answer; empty: nothing."""
    if wants.declines:
        return _answered_all_the_same(answer, wants.declines)
    if not answer.understood:
        return "not understood"
    struck = [sentence.text for sentence in answer.sentences if sentence.status is ClaimStatus.STRUCK]
    if struck:
        return f"struck: {struck}"
    for said in wants.says:
        if not any(re.search(rf"(?<![\w:.]){re.escape(each)}(?!\w|\.\d)", answer.answer, re.IGNORECASE) for each in said.split("|")):
            return f"does not say {said!r}"
    for said in wants.never:
        if said in answer.answer:
            return f"says {said!r}"
    cited = {citation.id for sentence in answer.sentences for citation in sentence.citations if citation.kind.value != "count"}
    if not wants.cites <= cited:
        return f"does not cite {sorted(wants.cites - cited)}"
    kinds = {each[:3] for each in wants.cites}
    verified = [sentence for sentence in answer.sentences if sentence.status is ClaimStatus.VERIFIED]
    cited = {citation.id for sentence in verified for citation in sentence.citations if citation.kind.value != "count"}
    more = {each for each in cited if each[:3] in kinds} - wants.cites
    return f"cites more: {sorted(more)}" if wants.only and more else ""


def _answered_all_the_same(answer: ChatAnswer, words: tuple[str, ...]) -> str:
    told = answer.sentences[0].text.casefold() if answer.sentences else ""
    if answer.understood or answer.query:
        return "is answered"
    left_out = [word for word in words if word not in told]
    return f"does not name {left_out}" if left_out else ""


def uncited(answer: ChatAnswer) -> list[str]:
    """Sentences that say something about the record and rest on nothing."""
    told = [sentence.text for sentence in answer.sentences if not sentence.citations]
    harmless = ("Times are in ", "“", "What is offered leaves ", "Say for which", "That is no question", "That time has not come yet")
    return [text for text in told if not text.startswith(harmless)]
