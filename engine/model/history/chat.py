"""Questions in words about the record, and answers of which every sentence names what it rests on."""

from dataclasses import field
from enum import StrEnum
from typing import Annotated, ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.history.plan import QuestionPlan
from engine.model.question_type import Question
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

LONGEST_MESSAGE = 2_000


def check_message(field_: str, message: str) -> None:
    """Raises InputError (`field_`)."""
    if len(message) > LONGEST_MESSAGE:
        raise InputError(field_, f"has {len(message)} characters; at most {LONGEST_MESSAGE}")


class PlannerKind(StrEnum):
    OFFLINE = "offline"
    CLAUDE = "claude"
    FORM = "form"  # a person filled it in


class ClaimStatus(StrEnum):
    VERIFIED = "verified"  # derived again from the record
    STRUCK = "struck"  # the record says otherwise, or nothing
    NOT_OBSERVED = "not_observed"  # nobody would have seen it


class CitationKind(StrEnum):
    EVENT = "event"
    CLIP = "clip"
    ALERT = "alert"
    DECISION = "decision"
    INCIDENT = "incident"
    PERSON = "person"
    SPAN = "span"  # a stretch of time in which a sensor was watched, or was not
    COUNT = "count"  # a query; its rows are what was counted


@dataclass(frozen=True, slots=True)
class Citation:
    """`id` of what is cited; of a span `<sensor>@<since>/<until>` and of a count the query itself, both as text. `at_ns` UTC. event_kind:
    of an event, where it is known."""

    kind: CitationKind
    id: str
    at_ns: int
    camera_id: str = ""
    event_kind: EventKind | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One claim. A sentence without citations says nothing about the record (a greeting, what was not understood). `names`: those of
    people, places and operators in the text, as they are written in it; they stay where it is put into another language."""

    text: str
    citations: tuple[Citation, ...] = ()
    status: ClaimStatus = ClaimStatus.VERIFIED
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VideoClip:
    """A clip that shows what an answer says. `clip_id` empty where there is only continuous video of that moment."""

    clip_id: str
    event_id: str
    camera_id: str
    at_ns: int
    event_type: str
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """`query`: what was asked of the record, a JSON object as text; empty where nothing was.

    `understood`: False where part of the question was not; then `choices` are the nearest questions that would be, each asked as it is
    written, and `suggestion` the text of the first. degraded_reason: why it was not the planner that was asked for. model: of a language
    model that planned it, its name. language: of the question (`en`, `de`), in which its answer is shown; empty: in that of the screen.
    """

    id: str
    question: str
    answer: str
    understood: bool
    query: str = ""
    time_zone: str = "UTC"
    sentences: tuple[Sentence, ...] = ()
    clips: tuple[VideoClip, ...] = ()
    suggestion: str = ""
    planner: PlannerKind = PlannerKind.OFFLINE
    degraded_reason: str = ""
    asked_ns: int = 0
    model: str = ""
    choices: tuple[Sentence, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """`claude`: an admin agreed that questions leave for a language model (names go as pseudonyms; no row of the record, no picture).

    `base_url` empty: Anthropic's; else of whatever speaks its Messages API, such as a model on this machine, which needs no key and costs
    nothing. `budget_usd`: a day, UTC; beyond it answers are the offline planner's. The key is in the secret store, or ANTHROPIC_API_KEY.
    Times are told in the site's zone (`AlertSettings.time_zone`).
    """

    claude: Annotated[bool, Setting("Understand questions with a language model")] = False
    model: Annotated[str, Setting("Model", min_length=1)] = "claude-haiku-5-5"
    base_url: Annotated[str, Setting("Address", help="Empty: Anthropic's. A model on this computer needs no key.")] = ""
    timeout_s: Annotated[float, Setting("Time-out", unit="s", ge=1, le=120, help="Seconds; after it, this computer answers.")] = 10.0
    retries: Annotated[int, Setting("Tried again, times", ge=0, le=10)] = 2
    budget_usd: Annotated[
        float, Setting("Budget", unit="US dollars a day", ge=0, le=1000, help="US dollars a day (UTC); beyond it, this computer answers.")
    ] = 1.0
    keep_days: Annotated[float, Setting("Keep for", unit="days", ge=1, le=3650, help="Retention of questions and answers.")] = 90.0

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class AskRecord(Question[ChatAnswer]):
    """One question in words. `planner` None: Claude where it was agreed to, else the offline one.

    `conversation`: of an answer before, so that "and yesterday?" is understood; empty: none. plan: what is asked, filled in by a person;
    then nobody has to understand the message, which is kept as its title.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    message: str
    include_clips: bool = True
    planner: PlannerKind | None = None
    conversation: str = ""
    plan: QuestionPlan | None = None

    def __post_init__(self) -> None:
        if not self.message.strip():
            raise InputError("message", "is empty")
        check_message("message", self.message)
        if self.plan is not None and not self.plan.queries:
            raise InputError("plan", "asks nothing")


@dataclass(frozen=True, slots=True)
class UnderstandQuestion(Question[QuestionPlan]):
    """What a message would be understood as on this computer. Nothing is asked of the record, kept, or sent anywhere."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    message: str
    conversation: str = ""

    def __post_init__(self) -> None:
        check_message("message", self.message)


@dataclass(frozen=True, slots=True)
class ListChat(Question[tuple[ChatAnswer, ...]]):
    """What this user asked, newest first."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 50
    before_id: str | None = None


@dataclass(frozen=True, slots=True)
class ForgetChat:
    """This user's history; with an id only that answer."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    answer_id: str = ""


@dataclass(frozen=True, slots=True)
class ChangeChat:
    """`key` None leaves a stored one as it is, "" forgets it."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    chat: ChatSettings
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChatState:
    """How Claude stands. `key_from`: `store`, `environment`, or empty: there is none. Spent today, UTC, of which `calls` to the API.

    `price_listed`: False where the model's price is not known here, so that the dearest one counts. reply: the model that answered a test;
    trouble: why it did not, a sentence.
    """

    key_from: str = ""
    calls: int = 0
    spent_usd: float = 0.0
    price_listed: bool = True
    reply: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class GetChatState(Question[ChatState]):
    """`test`: ask Claude for a greeting, with the settings that are stored. Nothing of the record leaves; it is in the audit."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    test: bool = False


ChatQuestion: TypeAlias = AskRecord | UnderstandQuestion | ListChat | GetChatState
ChatCommand: TypeAlias = ForgetChat | ChangeChat
