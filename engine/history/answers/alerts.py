"""Alerts, incidents, what was held, and why, as sentences."""

from engine.history.answers.words import KIND_NOUNS, Words, capital, distance, duration, quoted, safe
from engine.history.queries.rows import Result, Row
from engine.model.alerts.alert import AlertState
from engine.model.history.chat import Citation, Sentence
from engine.model.history.plan import Form
from engine.model.history.query import Ask, Of

_UNITS = {"s": " s", "nats": "", "min": " min", "m": " m"}


def alert_sentences(words: Words, result: Result, form: Form) -> list[Sentence]:
    """Empty where nothing was found."""
    query = result.query
    if query.ask is Ask.WHY_NOTHING and not result.rows and result.known:
        return _raised(result)
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
        told = [Sentence(f"{capital(say(words, row))}.", (row.citation,)) for row in result.rows]
    first = Sentence(f"Yes: {told[0].text}", told[0].citations) if form is Form.YES_NO else told[0]
    left = result.total - len(result.rows) - query.skip
    more = f"There are {result.total} in all; {len(result.rows)} of them are told here."
    told += _open_for(words, result) if form is Form.HOW_LONG else []
    is_one = query.ask in (Ask.LAST, Ask.FIRST)
    return [first, *told[1:], *([Sentence(more, (result.counted,))] if left > 0 and not is_one else [])]


def _open_for(words: Words, result: Result) -> list[Sentence]:
    waiting = [row for row in result.rows if row.state != AlertState.CLOSED]
    return [
        Sentence(
            f"Alert {row.citation.id} is open since {words.moment(row.at_ns)[3:]} ({duration((words.now_ns - row.at_ns) / 1e9)}).",
            (row.citation,),
        )
        for row in waiting
    ]


def _alert(words: Words, row: Row) -> str:
    place = words.place_words(row)
    person = f" of {words.person_words(row)}" if row.person else ""
    state = row.state.replace("_", " ") + (f" and found {row.label}" if row.label else "")
    by = f", with {safe(row.by)}" if row.by else ""
    about = f"alert {row.citation.id}, {_kind(row)}{person}{f' {place}' if place else ''}, severity {row.severity}"
    reason = f" {quoted(row.text)}" if row.text else ""
    return f"{about}, was raised {words.moment(row.at_ns)} and is {state}{by}{reason}"


def _kind(row: Row) -> str:
    return KIND_NOUNS.get(row.kind, (row.kind.replace("_", " "), ""))[0]


def _held_decision_text(words: Words, row: Row) -> str:
    place = words.place_words(row)
    by = f" by the condition {' and '.join(row.details)}" if row.details else ""
    return f"decision {row.citation.id}, {_kind(row)}{f' {place}' if place else ''}, was held{by} {words.moment(row.at_ns)}"


def _incident(words: Words, row: Row) -> str:
    sources = f"{row.count} {'reporter' if row.count == 1 else 'reporters'}"
    kind = row.kind.replace("_", " ")
    about = f"incident {row.citation.id}, {kind}, severity {row.severity}, {row.state}"
    far = "" if row.metres is None else f", {distance(row.metres)} away"
    return f"{about}, {words.moment(row.at_ns)}{far} by {sources}: {quoted(row.text)}"


def _why(words: Words, rows: tuple[Row, ...]) -> list[Sentence]:
    alert, *decisions = rows
    told = [Sentence(f"{capital(_alert(words, alert))}.", (alert.citation,))]
    if not decisions:
        return [*told, Sentence("Why it was raised is not in the record any more.", (alert.citation,))]
    return [*told, *_reasons(decisions[0])]


def _reasons(decision: Row) -> list[Sentence]:
    cited = (decision.citation,)
    told = [Sentence(_gate(each), cited) for each in decision.details if not each.startswith("+")]
    told += [Sentence(_evidence_sentence(each), cited) for each in decision.details if each.startswith("+")]
    return [*told, *([Sentence(f"What would have changed it: {quoted(decision.text)}.", cited)] if decision.text else [])]


def _gate(detail: str) -> str:
    gate, value, threshold, verdict, unit = detail.split("|")
    shown = _UNITS.get(unit, f" {unit}" if unit else "")
    return f"{capital(gate)} {value}{shown}, needed {threshold}{shown} ({'passed' if verdict == 'passed' else 'failed'})."


def _evidence_sentence(detail: str) -> str:
    label, log_odds = detail.removeprefix("+").rsplit("|", 1)
    return f"Evidence {quoted(label)}: {log_odds}."


def _raised(result: Result) -> list[Sentence]:
    if not result.known:
        return []
    return [Sentence(f"Alerts were raised then: {result.known}.", (result.counted,))]


def _held_why(words: Words, row: Row) -> list[Sentence]:
    place = words.place_words(row)
    held = row.state == "held"
    began = f"Decision {row.citation.id} on {_kind(row)}{f' {place}' if place else ''} {words.moment(row.at_ns)}"
    failed = [each for each in row.details if "|held|" in each]
    told = [Sentence(f"{began} was {'held' if held else 'rejected'}.", (row.citation,))]
    told += [Sentence(_gate(each), (row.citation,)) for each in failed]
    return [*told, *([Sentence(f"What would have changed it: {quoted(row.text)}.", (row.citation,))] if row.text else [])]


def _handled(words: Words, row: Row) -> Sentence:
    who = safe(row.by) or "nobody"
    cited: tuple[Citation, ...] = (row.citation,)
    place, person = words.place_words(row), words.person_words(row)
    about = f"alert {row.citation.id}, {_kind(row)}{f' of {person}' if person else ''}{f' {place}' if place else ''}"
    if row.count:
        act = {"acknowledged": "acknowledged", "in_progress": "took on"}.get(
            row.state, "closed" if row.state.startswith("closed") else "changed"
        )
        found = row.state.partition(", ")[2]
        return Sentence(
            f"{capital(who)} {act} {about}, {words.moment(row.at_ns)}{f', and found it {found}' if found else ''}.".replace(
                capital(who), who, 1
            ),
            cited,
        )
    return Sentence(f"{capital(about)}, is {row.state.replace('_', ' ')} and with {who}.", cited)
