"""Alerts, incidents, what was held, and why, as sentences."""

from dataclasses import replace

from engine.history.answers.gates import reading_text
from engine.history.answers.words import Words, capital, distance, duration, kind_noun, quoted, safe, severity_words, state_words
from engine.history.queries.rows import Result, Row
from engine.model.alerts.alert import AlertState
from engine.model.alerts.decision import Decision, Outcome
from engine.model.history.chat import Citation, Sentence
from engine.model.history.plan import Form
from engine.model.history.query import LIST_ASKS, Ask, Of


def alert_sentences(words: Words, result: Result, form: Form) -> list[Sentence]:
    """Empty where nothing was found."""
    query = result.query
    if query.ask is Ask.WHY_NOTHING and not result.rows and not result.unseen:
        return _raised(result) or [
            Sentence(f"Nothing was detected{words.about(query)} that an alert could be raised for.", (result.counted,))
        ]
    if not result.rows:
        return []
    if query.ask is Ask.WHY_ALERT:
        return _why(words, result.rows)
    if query.ask is Ask.WHY_NOTHING:
        return [*_raised(result), *(each for row in result.rows for each in _held_why(words, row))]
    if query.ask is Ask.HANDLED:
        told = [_handled(words, row) for row in result.rows]
    else:
        say = {Of.HELD: _held_decision_text, Of.INCIDENTS: _incident}.get(query.of, _alert)
        told = [Sentence(f"{capital(say(words, row))}.", (row.citation, *row.rows)) for row in result.rows]
    if result.total > 1 and query.ask in LIST_ASKS:
        told.insert(0, Sentence(f"{words.there_were(query, result.total)}.", (result.counted,)))
    told[0] = yes(told[0]) if form is Form.YES_NO else told[0]
    return [*told, *(_open_for(words, result) if form is Form.HOW_LONG else []), *more_sentences(result)]


def yes(sentence: Sentence) -> Sentence:
    text = sentence.text
    return replace(sentence, text=f"Yes: {text[:1].lower() + text[1:] if text.startswith('There ') else text}")


def more_sentences(result: Result) -> list[Sentence]:
    """Of rows that are not all told."""
    left = result.total - len(result.rows) - result.query.skip
    if result.query.ask in (Ask.LAST, Ask.FIRST, Ask.CLIP, Ask.WHY_ALERT) or left <= 0:
        return []
    return [Sentence(f"{len(result.rows)} of {result.total} are listed.", (result.counted,))]


def _open_for(words: Words, result: Result) -> list[Sentence]:
    waiting = [row for row in result.rows if row.state != AlertState.CLOSED]
    return [
        Sentence(
            f"Alert for {_subject(words, row)} is open {words.stretch(row.at_ns, None)} ({duration((words.now_ns - row.at_ns) / 1e9)}).",
            (row.citation,),
        )
        for row in waiting
    ]


def _subject(words: Words, row: Row) -> str:
    """`fall of Ana Lima at Yard`: what people call it by; its id is cited."""
    place, person = words.place_words(row), words.person_words(row)
    return f"{kind_noun(row.kind)}{f' of {person}' if person else ''}{f' {place}' if place else ''}"


def _alert(words: Words, row: Row) -> str:
    state = state_words(row.state) + (f" and found {row.label}" if row.label else "")
    about = f"alert for {_subject(words, row)}, severity {severity_words(row.severity)}"
    reason = f" ({quoted(row.text)})" if row.text else ""
    told = f"{about}, was raised {words.moment(row.at_ns)}{reason} and is {state}"
    return f"{told}, with {safe(row.by)}" if row.by else told


def _held_decision_text(words: Words, row: Row) -> str:
    by = f" by the condition {' and '.join(row.details)}" if row.details else ""
    return f"alert for {_subject(words, row)} was held{by} {words.moment(row.at_ns)}"


def _incident(words: Words, row: Row) -> str:
    sources = f"{row.count} reporter" if row.count == 1 else f"{row.count} reporters"
    kind = row.kind.replace("_", " ")
    about = f"incident of {kind}, severity {severity_words(row.severity)}, {row.state}"
    far = "" if row.metres is None else f", {distance(row.metres)} away"
    return f"{about}, {words.moment(row.at_ns)}{far} by {sources}: {quoted(row.text)}"


def _why(words: Words, rows: tuple[Row, ...]) -> list[Sentence]:
    alert, *decisions = rows
    told = [Sentence(f"{capital(_alert(words, alert))}.", (alert.citation, *alert.rows))]
    if not decisions:
        return [*told, Sentence("Why it was raised is not in the record any more.", (alert.citation,))]
    return [*told, *(each for row in decisions for each in _reasons(words, row))]


def _reasons(words: Words, row: Row) -> list[Sentence]:
    """The rule, what it asked for, the evidence, and what would have changed it."""
    decision, cited = row.decision, (row.citation,)
    if decision is None:
        return []
    rule = [f"Rule: {quoted(words.rule_name(decision.rule_id))}."] if decision.rule_id else []
    parts = [f"Evidence {quoted(part.label)}: {part.log_odds:+.2f}." for part in decision.evidence]
    return [*(Sentence(each, cited) for each in (*rule, *_gates(decision), *parts)), *_flip(row)]


def _gates(decision: Decision) -> list[str]:
    """That the rule uses; of one that was held or rejected those that stopped it."""
    raised = decision.outcome is Outcome.RAISED
    shown = [each for each in decision.gates if each.is_used and each.passed is raised and not (each.gate == "shelved" and each.passed)]
    return [f"{reading_text(each)}." for each in shown]


def _flip(row: Row) -> list[Sentence]:
    """A margin, as older records have it, says how close it was, and not what would have changed it."""
    if not row.text:
        return []
    told = f"How close it was: {quoted(row.text)}." if row.text.startswith("Margin") else f"What would have changed it: {quoted(row.text)}."
    return [Sentence(told, (row.citation,))]


def _raised(result: Result) -> list[Sentence]:
    if not result.known:
        return []
    return [Sentence(f"Alerts were raised then: {result.known}.", (result.counted,))]


def _held_why(words: Words, row: Row) -> list[Sentence]:
    began = f"Decision on {_subject(words, row)} {words.moment(row.at_ns)}"
    gates = [] if row.decision is None else _gates(row.decision)
    ended = {Outcome.HELD: f"{began} was held", Outcome.REJECTED: f"{began} was rejected"}.get(Outcome(row.state), f"{began} was raised")
    return [Sentence(f"{ended}.", (row.citation,)), *(Sentence(each, (row.citation,)) for each in gates), *_flip(row)]


def _handled(words: Words, row: Row) -> Sentence:
    who = safe(row.by) or "nobody"
    cited: tuple[Citation, ...] = (row.citation,)
    about = f"alert for {_subject(words, row)}"
    if not row.count:
        return Sentence(f"{capital(about)} is {state_words(row.state)} and with {who}.", cited)
    state, _, found = row.state.partition(", ")
    acts = {
        "acknowledged": f"{who} acknowledged the {about}",
        "in_progress": f"{who} took on the {about}",
        "closed": f"{who} closed the {about}",
    }
    act = acts.get(state, f"{who} changed the {about}")
    return Sentence(f"{act}, {words.moment(row.at_ns)}{f', and found it {found}' if found else ''}.", cited)
