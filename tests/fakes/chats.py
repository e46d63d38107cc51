"""Questions in words for the console's tests: what is answered to what, and what each user asked before, in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.model.command import Command
from engine.model.history.briefing import Briefing, BriefingPart, BriefingSection, GetBriefing
from engine.model.history.chat import (
    AskRecord,
    ChangeChat,
    ChatAnswer,
    ChatState,
    Citation,
    CitationKind,
    ClaimStatus,
    ForgetChat,
    GetChatState,
    ListChat,
    Sentence,
    UnderstandQuestion,
    VideoClip,
)
from engine.model.history.plan import QuestionPlan
from engine.model.question_type import Question
from engine.model.time import SECOND
from tests.fakes.unanswered import UNANSWERED

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine


@dataclass
class FakeChats:
    """`plans`, `answers`: by question; `state`: how Claude stands; `key`: what was stored. Histories by user name."""

    plans: dict[str, QuestionPlan] = field(default_factory=dict)
    answers: dict[str, ChatAnswer] = field(default_factory=dict)
    histories: dict[str, list[ChatAnswer]] = field(default_factory=dict)
    asked: list[AskRecord] = field(default_factory=list)
    state: ChatState = field(default_factory=ChatState)
    briefing: Briefing | None = None
    tested: Callable[[ChatState], ChatState] = lambda state: replace(state, reply="claude-haiku-5-5", calls=state.calls + 1)

    def answer(self, engine: "FakeEngine", question: Question, user: str) -> Any:
        """UNANSWERED for other questions."""
        match question:
            case AskRecord():
                self.asked.append(question)
                return self._answered(engine, question, user)
            case UnderstandQuestion(message=message):
                return self.plans.get(message, QuestionPlan())
            case GetBriefing():
                return self.briefing or empty_briefing(engine.now_ns)
            case ListChat(limit=limit, before_id=before_id):
                mine = self.histories.get(user, [])
                after = next((n + 1 for n, each in enumerate(mine) if each.id == before_id), 0)
                return tuple(mine[after : after + limit])
            case GetChatState(test=test):
                if test:
                    self.state = self.tested(self.state)
                return self.state
            case _:
                return UNANSWERED

    def execute(self, engine: "FakeEngine", command: Command, by: str) -> str | None:
        match command:
            case ForgetChat(answer_id):
                mine = self.histories.get(by, [])
                self.histories[by] = [each for each in mine if answer_id and each.id != answer_id]
                return answer_id
            case ChangeChat(chat, key):
                engine.settings = replace(engine.settings, chat=chat)
                if key is not None:
                    self.state = replace(self.state, key_from="store" if key else "")
                return ""
            case _:
                return None

    def _answered(self, engine: "FakeEngine", question: AskRecord, user: str) -> ChatAnswer:
        number = sum(map(len, self.histories.values())) + 1
        known = self.answers.get(question.message, not_understood())
        made = replace(known, id=f"ch-{number}", question=question.message, asked_ns=engine.now_ns)
        self.histories.setdefault(user, []).insert(0, made)
        return made


def empty_briefing(now_ns: int) -> Briefing:
    """Of a shift in which nothing happened."""
    cited = (Citation(CitationKind.COUNT, '{"ask":"count"}', now_ns - 8 * 3_600 * SECOND),)
    told = {
        BriefingPart.ALERTS: "There is no alert between 06:00 and 14:00 on Fri 2 Jan 2026.",
        BriefingPart.INCIDENTS: "There is no incident between 06:00 and 14:00 on Fri 2 Jan 2026.",
        BriefingPart.COUNTS: "0 of 9 counts are unusual, compared with 28 other days.",
        BriefingPart.UNOBSERVED: "Yes, it was observed all the time between 06:00 and 14:00 on Fri 2 Jan 2026.",
    }
    sections = tuple(BriefingSection(part, (Sentence(text, cited),)) for part, text in told.items())
    return Briefing(now_ns - 8 * 3_600 * SECOND, now_ns, "Europe/Stockholm", sections)


def full_briefing(now_ns: int, alerts: int = 3, place: str = "Yard") -> Briefing:
    counted = (Citation(CitationKind.COUNT, '{"ask":"count"}', now_ns - 8 * 3_600 * SECOND),)
    moments = [now_ns - n * 1_200 * SECOND for n in range(1, alerts + 1)]
    raised = [
        Sentence(
            f"Alert for person detection at {place}, severity 4 (high), was raised at 13:{number % 60:02d} on Fri 2 Jan 2026 "
            "(“Unidentified person at night”) and is acknowledged, with anna.",
            (Citation(CitationKind.ALERT, f"al-{number:04d}", at, "yard"), Citation(CitationKind.EVENT, f"ev-{number:04d}", at, "yard")),
            names=(place, "anna"),
        )
        for number, at in enumerate(moments, 1)
    ]
    span = Citation(CitationKind.SPAN, f"gate@{moments[-1]}/{now_ns}", moments[-1], "gate")
    made = {
        BriefingPart.ALERTS: (Sentence(f"There were {alerts} alerts between 06:00 and 14:00 on Fri 2 Jan 2026.", counted), *raised),
        BriefingPart.INCIDENTS: (Sentence("There is no incident between 06:00 and 14:00 on Fri 2 Jan 2026.", counted),),
        BriefingPart.COUNTS: (
            Sentence("1 of 9 counts is unusual, compared with 28 other days.", counted * 9),
            Sentence(
                f"There were 31 person detections at {place} between 06:00 and 14:00 on Fri 2 Jan 2026, more than usual.",
                counted * 2,
                names=(place,),
            ),
            Sentence("Usual at that time is the median 6, from 2 to 11 on 28 other days.", counted),
        ),
        BriefingPart.UNOBSERVED: (
            Sentence("Not all the time: together 10 min were not observed between 06:00 and 14:00 on Fri 2 Jan 2026.", counted),
            Sentence(
                "Not observed: the camera North gate gave no picture from 09:04 to 09:14 on Fri 2 Jan 2026.",
                (span,),
                ClaimStatus.NOT_OBSERVED,
                ("North gate",),
            ),
        ),
    }
    sections = tuple(BriefingSection(part, told) for part, told in made.items())
    return Briefing(now_ns - 8 * 3_600 * SECOND, now_ns, "Europe/Stockholm", sections)


def not_understood() -> ChatAnswer:
    return ChatAnswer(
        "", "", "“flumox” is not understood here.", False,
        sentences=(Sentence("“flumox” is not understood here: no person, camera, zone or word that is known."),),
        suggestion="How many events were there yesterday?",
    )  # fmt: skip


def full_answer(at_ns: int, event_id: str = "ev-000000000000-0", clip_id: str = "", camera_id: str = "yard") -> ChatAnswer:
    """One with everything: verified, struck and unseen sentences, many citations, a clip."""
    event = Citation(CitationKind.EVENT, event_id, at_ns, camera_id)
    more = tuple(Citation(CitationKind.EVENT, f"ev-{n:012x}-1", at_ns - n * 60 * SECOND, camera_id) for n in range(1, 7))
    span = Citation(CitationKind.SPAN, f"gate@{at_ns - 3600 * SECOND}/{at_ns - 3000 * SECOND}", at_ns - 3600 * SECOND, "gate")
    counted = Citation(CitationKind.COUNT, '{"ask":"count"}', at_ns)
    last = "Ada Lovelace was last seen at Yard, from 20:57 to 21:04 on Fri 2 Jan 2026."
    blind = "Not observed: the camera North gate gave no picture from 20:04 to 20:14 on Fri 2 Jan 2026."
    return ChatAnswer(
        "", "", "Ada Lovelace was last seen at Yard.", True, '{"ask":"last"}', "Europe/Stockholm",
        (
            Sentence(last, (event,), names=("Ada Lovelace", "Yard")),
            Sentence("There were 7 sightings of people at Yard.", (counted, *more), names=("Yard",)),
            Sentence("Nobody else was ever there.", (event,), ClaimStatus.STRUCK),
            Sentence(blind, (span,), ClaimStatus.NOT_OBSERVED, ("North gate",)),
            Sentence("Times are in Europe/Stockholm.", names=("Europe/Stockholm",)),
        ),
        (VideoClip(clip_id, event_id, camera_id, at_ns, "person", "pe-1"),),
    )  # fmt: skip
