"""A question in words, from end to end: planned, asked of the record, answered, and its numbers counted again."""

from collections.abc import Iterable
from dataclasses import replace

from engine.history.answers.basis import with_basis
from engine.history.answers.names_told import with_names
from engine.history.answers.words import safe
from engine.history.lexicon.german import language_of
from engine.history.planner import Draft, Planner, PlannerQuestion
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Queries, Result
from engine.history.queries.run import Desk
from engine.history.recount import Recounter
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind
from engine.model.history.chat import ChatAnswer, CitationKind, ClaimStatus, PlannerKind, Sentence, VideoClip
from engine.model.history.query_text import to_text
from engine.model.value_class import dataclass

MOST_CLIPS = 20
_KINDS = {kind.value: kind for kind in EventKind}


@dataclass(frozen=True, slots=True)
class Asker:
    """Any thread. `planners`: the one asked first; where it cannot answer, the next."""

    planners: tuple[Planner, ...]

    def ask(self, reach: Reach, asked: PlannerQuestion, answer_id: str) -> ChatAnswer:
        """Raises PermissionDenied, InputError."""
        draft = self._drafted(asked, Desk(reach))
        sentences = Recounter(reach, draft.results).checked(draft.sentences)
        sentences = with_basis(_facts_first(sentences) if draft.understood else sentences, reach)
        sentences = with_event_kinds(sentences, draft.results)
        told = (sentences, tuple(map(Sentence, draft.choices)))
        sentences, choices = (with_names(each, asked.directory, draft.results, asked.zone.key) for each in told)
        language = "" if draft.planner is PlannerKind.FORM else language_of(asked.message, asked.directory)
        return replace(answer_of(draft, sentences, asked, answer_id), choices=choices, language=language)

    def _drafted(self, asked: PlannerQuestion, desk: Queries) -> Draft:
        reason = ""
        for planner in self.planners[:-1]:
            try:
                return planner.draft(asked, desk)
            except EnvironmentFault as fault:
                reason = reason or str(fault)
        draft = self.planners[-1].draft(asked, desk)
        return replace(draft, degraded_reason=reason) if reason else draft


def _facts_first(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """How the question was read, and the time zone, behind what was found."""
    return tuple(sorted(sentences, key=lambda sentence: not sentence.citations))


def answer_of(draft: Draft, sentences: tuple[Sentence, ...], asked: PlannerQuestion, answer_id: str) -> ChatAnswer:
    told = [sentence.text for sentence in sentences if sentence.status is not ClaimStatus.STRUCK]
    return ChatAnswer(
        answer_id,
        asked.message,
        _answer_text(told, draft.choices) or "What was found could not be shown to be true, so nothing is said.",
        draft.understood,
        "" if draft.query is None else to_text(draft.query),
        asked.zone.key,
        sentences,
        _cited_clips(draft.clips, sentences) if asked.include_clips else (),
        next(iter(draft.choices), ""),
        draft.planner,
        draft.degraded_reason,
        asked.now_ns,
        draft.model,
    )


def _answer_text(sentences: list[str], choices: tuple[str, ...]) -> str:
    return " ".join([*sentences, *(f"Nearest question: {safe(each)}" for each in choices)])


def _cited_clips(clips: tuple[VideoClip, ...], sentences: tuple[Sentence, ...]) -> tuple[VideoClip, ...]:
    """Of what is still said."""
    cited = {citation.id for sentence in sentences if sentence.status is not ClaimStatus.STRUCK for citation in sentence.citations}
    return tuple(clip for clip in clips if clip.event_id in cited or clip.clip_id in cited)[:MOST_CLIPS]


def with_event_kinds(sentences: Iterable[Sentence], results: Iterable[Result]) -> tuple[Sentence, ...]:
    """With the kind of event that each citation is of, so that events of one moment can be told apart: as it was found."""
    told = (row for result in results for each in result.rows for row in (each, each.last, each.end) if row is not None)
    rows = (row for row in told if row.citation.kind is CitationKind.EVENT)
    kinds = {row.citation.id: _KINDS[row.kind] for row in rows if row.kind in _KINDS}
    return tuple(_with_event_kinds(sentence, kinds) for sentence in sentences)


def _with_event_kinds(sentence: Sentence, kinds: dict[str, EventKind]) -> Sentence:
    cited = tuple(replace(each, event_kind=kinds[each.id]) if each.id in kinds else each for each in sentence.citations)
    return sentence if cited == sentence.citations else replace(sentence, citations=cited)
