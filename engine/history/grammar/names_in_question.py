"""People, places, gates and distances that a question names, and which of them it leaves out."""

from collections.abc import Iterable

from engine.history.grammar.slots_found import Slots
from engine.history.grammar.without import behind, chained, left_out
from engine.history.lexicon import words
from engine.history.lexicon.tokens import Tokens
from engine.history.lexicon.words import CAMERA_WORDS, GATES, NODE_WORDS
from engine.history.names import Mention, NamedEntity, NamedKind
from engine.history.when.units import number_at

_ASKING = ("was", "were", "did", "is", "are", "has", "have", "do", "does")


def find_gates(tokens: Tokens, found: Slots) -> None:
    """`the duplicate gate`, `held by schedule`."""
    is_held = any(tokens.run(at, phrase) for at in range(len(tokens.all)) for phrase in words.PHRASES["held"])
    for parts, gate in GATES.items():
        for at in range(len(tokens.all)):
            if not tokens.run(at, parts):
                continue
            end = at + len(parts)
            if tokens.word(end) in ("gate", "gates") or (is_held and tokens.word(at - 1) in ("by", "the", "because", "of")):
                end = end + 1 if tokens.word(end) in ("gate", "gates") else end
                tokens.claim(at, end, "gate")
                found.gates.append(gate)


def find_distance(tokens: Tokens, found: Slots) -> None:
    """`within 1 km`, `less than 500 m away`, `near here`."""
    units = {"km": 1.0, "kilometre": 1.0, "kilometer": 1.0, "m": 0.001, "metre": 0.001, "meter": 0.001, "mile": 1.609}
    for at in tokens.free_indexes():
        counted = number_at(tokens, at)
        if counted is None:
            continue
        unit = units.get(tokens.word(counted[1])) or units.get(tokens.word(counted[1]).removesuffix("s"))
        beyond = tokens.word(at - 1) in ("over", "beyond") or (
            tokens.word(at - 1) == "than" and tokens.word(at - 2) not in ("less", "nearer", "closer")
        )
        if unit is not None and counted[0] > 0 and not beyond:
            found.near_km = min(counted[0] * unit, 100.0)
            tokens.claim(at, counted[1] + 1, "near")


def put_named(found: Slots, mentions: list[Mention]) -> None:
    tokens = found.tokens
    ended: set[int] = set()  # behind what is left out
    for mention in mentions:
        named, chosen = mention.named, _disambiguated(tokens, mention)
        written = " ".join(token.text for token in tokens.all[mention.start : mention.end])
        if mention.guess:
            found.notes.append(f"“{written}” is taken for {_names_text(chosen)}.")
        numbered = [each for each in chosen if each.number and written.endswith(f" {each.number}") and written != each.name.casefold()]
        if numbered:
            found.notes.append(f"“{written}” is {_names_text(numbered)}.")
        people = [each for each in chosen if each.kind is NamedKind.PERSON]
        if len(people) > 1:
            found.unclear.append((written, tuple(people)))
            continue
        places = [each for each in chosen if each.kind in (NamedKind.CAMERA, NamedKind.ZONE)]
        if len({each.kind for each in places}) > 1:
            found.notes.append(f"“{written}” is {_names_text(places)}; both are meant here.")
        elif len(places) > 1 and named:
            found.notes.append(f"“{written}” may be {_names_text(places)}; all of them are meant here.")
        if tokens.word(mention.end) in CAMERA_WORDS and all(each.kind is NamedKind.ZONE for each in chosen):
            found.unknown.append(written)  # there is no camera of that name
            continue
        is_left_out = _left_out(tokens, mention.start) or behind(tokens, mention.end) or chained(tokens, mention.start, ended)
        ended |= {mention.end} if is_left_out else set[int]()
        if places and not is_left_out:
            found.places.append(tuple(places))
        for each in chosen:
            _sort_name(found, each, is_left_out)


def _names_text(named: Iterable[NamedEntity]) -> str:
    return " and ".join(f"the {each.kind.value} {each.name}" if each.kind is not NamedKind.PERSON else each.name for each in named)


def _disambiguated(tokens: Tokens, mention: Mention) -> tuple[NamedEntity, ...]:
    """Which of several is meant, where a word beside the name says so. A person before a gesture before a place."""
    named = mention.named
    beside = {tokens.word(mention.start - 1), tokens.word(mention.end)}
    kinds: set[NamedKind] = set()
    if beside & CAMERA_WORDS:
        kinds = {NamedKind.CAMERA}
    elif beside & NODE_WORDS:
        kinds = {NamedKind.NODE}
    elif beside & {"zone", "area", "room", "portal", "door"}:
        kinds = {NamedKind.ZONE}
    elif beside & {"gesture", "sign"}:
        kinds = {NamedKind.GESTURE}
    narrowed = tuple(each for each in named if each.kind in kinds)
    return narrowed or named


def _left_out(tokens: Tokens, start: int) -> bool:
    """`but X`, `other than X`, `not X`, `not at X`."""
    if left_out(tokens, start):
        return True
    while tokens.word(start - 1) in ("the", "at", "in", "for", "camera", "zone"):
        start -= 1
    return tokens.word(start - 1) == "not" and tokens.word(start - 2) not in _ASKING


def _sort_name(found: Slots, each: NamedEntity, is_left_out: bool) -> None:
    match each.kind:
        case NamedKind.PERSON:
            (found.not_people if is_left_out else found.people).append(each)
        case NamedKind.CAMERA if not is_left_out:
            found.cameras.append(each)
        case NamedKind.ZONE if not is_left_out:
            found.zones.append(each)
        case NamedKind.CAMERA | NamedKind.ZONE:
            found.not_places.append(each)
        case NamedKind.NODE:
            found.nodes.append(each)
        case NamedKind.GESTURE:
            found.labels.append(each.id)
        case NamedKind.RULE:
            pass
