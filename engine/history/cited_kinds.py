"""Which kind of event each citation is of, so that events of one moment can be told apart: taken from what was found, not read again."""

from collections.abc import Iterable
from dataclasses import replace

from engine.history.queries.rows import Result
from engine.model.event import EventKind
from engine.model.history.chat import CitationKind, Sentence

_KINDS = {kind.value: kind for kind in EventKind}


def with_event_kinds(sentences: Iterable[Sentence], results: Iterable[Result]) -> tuple[Sentence, ...]:
    told = (row for result in results for each in result.rows for row in (each, each.last) if row is not None)
    rows = (row for row in told if row.citation.kind is CitationKind.EVENT)
    kinds = {row.citation.id: _KINDS[row.kind] for row in rows if row.kind in _KINDS}
    return tuple(_with_event_kinds(sentence, kinds) for sentence in sentences)


def _with_event_kinds(sentence: Sentence, kinds: dict[str, EventKind]) -> Sentence:
    cited = tuple(replace(each, event_kind=kinds[each.id]) if each.id in kinds else each for each in sentence.citations)
    return sentence if cited == sentence.citations else replace(sentence, citations=cited)
