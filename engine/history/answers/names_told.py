"""Which names an answer tells, so that no word of them is taken for one of the sentence."""

from collections.abc import Iterable
from dataclasses import replace

from engine.history.answers.words import capital, quoted, safe
from engine.history.names import Directory, NamedKind
from engine.history.queries.rows import Result
from engine.model.history.chat import Sentence
from engine.model.history.query import By


def with_names(sentences: Iterable[Sentence], directory: Directory, results: Iterable[Result], zone: str) -> tuple[Sentence, ...]:
    """`zone`: IANA name."""
    told = tuple(sentences)
    whole = "\n".join(sentence.text for sentence in told)
    of_site = (each.name for each in (*directory.named, *directory.lookouts) if each.kind is not NamedKind.RULE)
    known = dict.fromkeys((zone, *of_site, *(name for result in results for name in _names(result))))
    names = [name for name in (*known, *map(safe, known)) if name and name in whole]
    rules = [text for each in directory.of_kind(NamedKind.RULE) if (text := quoted(each.name)) in whole]
    return tuple(replace(each, names=tuple(dict.fromkeys(_told_in(each.text, names, rules)))) for each in told)


def _told_in(text: str, names: list[str], rules: list[str]) -> Iterable[str]:
    """Names of rules stand in quotes, and may be words of answers elsewhere."""
    yield from (name for name in names if name in text)
    yield from (rule[1:-1] for rule in rules if rule in text)


def _names(result: Result) -> Iterable[str]:
    """Of people who are no longer on file, of operators, and of what has an id only."""
    scope, by = result.query.scope, result.query.by
    yield from (*scope.assignees, *scope.not_assignees, *scope.camera_ids, *scope.zone_ids)
    for row in result.rows:
        yield from (row.person, row.by, row.camera_id, row.zone_id, row.sensor_id)
        yield from (row.key, capital(row.key)) if by in (By.ASSIGNEE, By.CAMERA, By.ZONE, By.PERSON) else ()
