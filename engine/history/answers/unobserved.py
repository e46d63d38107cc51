"""What of the time that was asked about was not observed, and why what was asked cannot be known."""

from engine.history.answers.words import Words, list_text
from engine.history.queries.reach import UNNAMED
from engine.history.queries.rows import Blind, Result
from engine.history.queries.watch import BEFORE_RECORD, NOT_WATCHED_YET, span_citation
from engine.model.history.chat import Citation, ClaimStatus, Sentence

MOST_BLIND = 6
_MOST_CITED = 20
_BEGINNINGS = (BEFORE_RECORD, NOT_WATCHED_YET, UNNAMED)


def unknown_sentence(words: Words, result: Result) -> Sentence:
    """Of a time in which nothing was observed, or of somebody whom nobody could have recognised."""
    cited = (result.counted, *(each.citation for each in result.blind[:MOST_BLIND]))
    text = f"Not known{words.about(result.query)}, because {cause_text(words, result)}."
    return Sentence(text, cited, ClaimStatus.NOT_OBSERVED)


def cause_text(words: Words, result: Result) -> str:
    """Why all of it is unknown, as a clause."""
    cause = _cause(result)
    if cause:
        return _clause(words, [each for each in result.blind if each.reason == cause]).rstrip(",")
    return "nothing was observed then" if result.blind else "that time has not come yet"


def _cause(result: Result) -> str:
    """The one reason that is enough; empty: several, or that it has not come yet."""
    reasons = {each.reason for each in result.blind}
    return reasons.pop() if len(reasons) == 1 else UNNAMED if UNNAMED in reasons else ""


def unobserved_sentences(words: Words, result: Result) -> list[Sentence]:
    """One for all that had the same cause at the same time, oldest first."""
    groups: dict[tuple[str, str, int | None], list[Blind]] = {}
    said = _cause(result) if result.unseen else ""
    for each in result.blind:
        if each.reason != said or each.reason not in _BEGINNINGS:
            groups.setdefault(_group_key(words, each), []).append(each)
    told, left = list(groups.items())[:MOST_BLIND], list(groups.values())[MOST_BLIND:]
    more = [each.citation for group in left for each in group][:_MOST_CITED]
    return [
        *(
            Sentence(f"Not observed: {_clause(words, group)}{when}.", _cited(group), ClaimStatus.NOT_OBSERVED)
            for (_, when, _), group in told
        ),
        *([Sentence(f"Not observed: {len(left)} more such stretches.", tuple(more), ClaimStatus.NOT_OBSERVED)] if left else []),
    ]


def _group_key(words: Words, blind: Blind) -> tuple[str, str, int | None]:
    """Cause, for how long, and until when where it had not begun yet."""
    if blind.reason in _BEGINNINGS:
        return blind.reason, "", blind.began_ns
    return blind.reason, f" {words.stretch(blind.span.since_ns, blind.span.until_ns)}", None


def _clause(words: Words, blind: list[Blind]) -> str:
    first = blind[0]
    ids = tuple(dict.fromkeys(each.sensor_id for each in blind))
    known = first.began_ns is not None and all(each.began_ns == first.began_ns for each in blind)
    began = f" before {words.moment(first.began_ns or 0).removeprefix('at ')}" if known else ""
    match first.reason:
        case reason if reason == BEFORE_RECORD:
            return f"there is no record{began or ' yet'}"
        case reason if reason == UNNAMED:
            return f"{words.people_words(ids)} could not be recognised{began or ' yet'}{', being on file only since then' if began else ''}"
        case reason:
            text = reason.replace(" yet", began) if reason == NOT_WATCHED_YET and began else reason
            names = list_text([words.camera(each) for each in ids])
            return f"the camera {names} {text}" if len(ids) == 1 else f"the cameras {names} {_plural(text)}"


def _plural(reason: str) -> str:
    return reason.replace("was not", "were not", 1)


def _cited(group: list[Blind]) -> tuple[Citation, ...]:
    """What shows it, and the stretches; a person has none."""
    spans = (span_citation(each.sensor_id, each.span) for each in group if each.reason != UNNAMED)
    return tuple(dict.fromkeys((*(each.citation for each in group), *spans)))[:_MOST_CITED]
