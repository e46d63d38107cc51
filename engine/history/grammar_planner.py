"""The offline planner: the grammar, one query, an answer by its form. Needs no network and no model; the same question, the same answer."""

from dataclasses import replace

from engine.history.answers import Answers
from engine.history.answers_words import Words, quoted, safe
from engine.history.grammar import Parsed, parse
from engine.history.grammar_form import Form
from engine.history.grammar_told import question_of
from engine.history.planner import Asked, Draft
from engine.history.queries import Ask, Of, Query
from engine.history.queries_rows import Queries
from engine.model.chat import Sentence
from engine.model.errors import InputError, NotFound

_EXAMPLE = "What happened today?"


class OfflinePlanner:
    """`Planner` by the grammar. Any thread."""

    def draft(self, asked: Asked, queries: Queries) -> Draft:
        before = next((turn.query for turn in reversed(asked.before) if turn.query is not None), None)
        parsed = parse(asked.message, asked.directory, asked.now_ns, asked.zone, before)
        words = Words(asked.directory, asked.zone, asked.now_ns)
        if parsed.query is None or parsed.unknown:
            return _not_understood(parsed, words)
        try:
            return _answered(parsed, parsed.query, queries, words)
        except (InputError, NotFound) as error:
            return Draft((Sentence(f"That cannot be asked of the record: {safe(str(error))}"),), parsed.query, False, _EXAMPLE)


def _answered(parsed: Parsed, query: Query, queries: Queries, words: Words) -> Draft:
    result = queries.run(query)
    form = parsed.form if query.ask is not Ask.LIST or query.of is not Of.EVENTS or parsed.form is not Form.WHO else Form.WHO
    notes = tuple(Sentence(safe(note)) for note in parsed.notes)
    return Draft((*notes, *Answers(words).of(result, form)), query, clips=result.clips, queries=(query,))


def _not_understood(parsed: Parsed, words: Words) -> Draft:
    unknown = " and ".join(quoted(word) for word in parsed.unknown)
    said = (
        safe(parsed.trouble)
        if parsed.trouble
        else f"{unknown} {'is' if len(parsed.unknown) == 1 else 'are'} not understood here: no person, camera, zone or word that is known."
    )
    suggestion = _EXAMPLE if parsed.query is None else question_of(replace(parsed.query, id=""), words)
    return Draft((Sentence(said),), None, False, suggestion)
