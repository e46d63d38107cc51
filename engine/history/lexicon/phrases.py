"""Turns of phrase from the tables, and what some of them mean together: lost cameras, doors gone through."""

from engine.history.grammar.slots_found import Slots
from engine.history.grammar.without import behind, chained, left_out
from engine.history.lexicon.tables import BY_FIRST
from engine.history.lexicon.tokens import Tokens
from engine.history.lexicon.words import CAMERA_WORDS, DOOR_WORDS, LOST, NODE_WORDS, PHRASES
from engine.history.names import Directory
from engine.model.event import EventKind


def find_phrases(tokens: Tokens, found: Slots) -> None:
    """Every table of which a phrase stands here; longer phrases first, and one word may be in several tables."""
    claims = [
        (at, len(phrase), name, value)
        for at, token in enumerate(tokens.all)
        for phrase, name, value in BY_FIRST.get(token.text, ())
        if tokens.run(at, phrase)
    ]
    covered: dict[int, int] = {}
    kept: list[tuple[int, int, str, str]] = []
    for claim in sorted(claims, key=lambda claim: -claim[1]):
        at, length, _, _ = claim
        if max(covered.get(each, 0) for each in range(at, at + length)) > length:
            continue
        for each in range(at, at + length):
            covered[each] = max(covered.get(each, 0), length)
        kept.append(claim)
    without = _without(tokens, kept)
    for claim in kept:
        if claim not in without:
            _set_slot(found, claim[2], claim[3])
    for claim in without:
        _leave_out(found, claim[2], claim[3])
    for at in covered:
        tokens.claim(at, at + 1, "word")


def _set_slot(found: Slots, name: str, value: str) -> None:
    if name == "kind":
        if value not in found.kinds:
            found.kinds.append(EventKind(value))
    elif name == "category":
        found.categories.append(value)
    else:
        found.said.add(name)


_CAN_BE_LEFT_OUT = ("kind", "people", "unknown", "known", "false", "true", "benign")


def _without(tokens: Tokens, claims: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """The claims of what is left out: behind `but`, before `excluded`, and those that hang on them with `and`."""
    ended: set[int] = set()
    found: list[tuple[int, int, str, str]] = []
    for claim in sorted(claims):
        at, length, name, _ = claim
        if name in _CAN_BE_LEFT_OUT and (left_out(tokens, at) or behind(tokens, at + length) or chained(tokens, at, ended)):
            found.append(claim)
            ended.add(at + length)
    return found


def _leave_out(found: Slots, name: str, value: str) -> None:
    """Of people, what shows them; of strangers, those are kept who are known."""
    match name:
        case "kind":
            found.not_kinds.append(EventKind(value))
        case "people":
            found.not_kinds.append(EventKind.PERSON)
        case "unknown" | "known":
            found.said.add("known" if name == "unknown" else "unknown")
        case _:
            found.denied.append(name)
    found.said.add("left_out")


_ANY_SENSOR = frozenset({"sensor", "sensors", "device", "devices"})


def find_lost(tokens: Tokens, found: Slots) -> None:
    """A camera or a node that was lost: the thing and the word for it, wherever they stand."""
    broken = [
        at for at in range(len(tokens.all)) if tokens.word(at) == "down" and {"break", "broken"} & {tokens.word(each) for each in range(at)}
    ]
    said = {token.text for at, token in enumerate(tokens.all) if token.taken != "by" and at not in broken}
    said -= {"break", "broken"} if broken else set()
    returned = "returned" in found.said and not found.people and not found.any("anyone", "people", "unknown", "known")
    switched_off = "off" in said and "absent" in found.said and not found.people and (found.cameras or said & CAMERA_WORDS)
    if switched_off:
        found.kinds.append(EventKind.CAMERA_LOST)
        found.said.discard("absent")
        return
    if not (said & LOST or returned) or EventKind.PHONE_LEFT in found.kinds or EventKind.FALL in found.kinds:
        return
    of_both = said & _ANY_SENSOR or (said & NODE_WORDS and said & CAMERA_WORDS)
    if of_both and not found.nodes and not found.cameras:
        found.kinds += [EventKind.CAMERA_LOST, EventKind.NODE_LOST]
    elif found.nodes or said & NODE_WORDS:
        found.kinds.append(EventKind.NODE_LOST)
    elif (
        said & CAMERA_WORDS
        or (returned and found.cameras)
        or ("system" in said and said & {"offline", "outage", "outages", "down"})
        or (
            found.cameras
            and said & (LOST - {"out", "cut", "issue", "issues", "problem", "problems", "trouble", "gone", "black", "dark", "loss"})
        )
        or said & {"outage", "outages", "offline", "downtime", "dropouts", "disconnections"}
    ):
        found.kinds.append(EventKind.CAMERA_LOST)
    else:
        return
    for at, token in enumerate(tokens.all):
        if not token.taken and token.text in LOST | _ANY_SENSOR:
            tokens.claim(at, at + 1, "word")


def find_visits(found: Slots) -> None:
    """Visits that are counted or measured are of that kind, not all that was there; without a zone, of any zone."""
    if found.cameras or found.kinds:
        return
    asks = found.any("how_many", "how_often", "mean", "median", "longest", "shortest", "most", "fewest", "compare") or found.word(
        "more", "fewer"
    )
    if (found.word("visits") and not found.zones) or (asks and found.word("visit", "visits")):
        found.kinds.append(EventKind.ZONE_VISIT)


_IN_ORDER = ("ok", "okay", "fine", "alright", "working", "alive")


def find_recording(found: Slots) -> None:
    """`is the gate camera recording`, `gate cam ok` ask whether it works, for no clip."""
    cameras = found.cameras or found.word(*CAMERA_WORDS)
    if cameras and found.word(*_IN_ORDER) and not (found.people or found.kinds):
        found.said.add("observed")
    if cameras and found.kinds == [EventKind.RUNNING] and not (found.people or found.any("anyone", "who", "people", "unknown")):
        found.kinds.clear()  # a camera that runs works
        found.said.add("observed")
    if found.kinds == [EventKind.ZONE_OCCUPIED] and found.tokens.word(0) in ("is", "are", "which", "what") and not found.any("alerts"):
        found.kinds.clear()
        found.said |= {"anyone", "who"}
    if not cameras and found.word("work", "working") and found.any("anyone", "who", "people", "known"):
        found.said.discard("observed")  # people who work are there
    asks = found.tokens.word(0) in ("is", "are", "was", "were") and found.word("recording") and not found.word("there", "any")
    if asks and cameras:
        found.said.discard("clip")
        found.said.add("observed")


def find_through(found: Slots, directory: Directory) -> None:
    """What crossing something is: a door is gone through, a zone visited, and a camera sees somebody pass."""
    if "through" not in found.said or found.kinds or found.gates:
        return
    zones = {each.id for each in found.zones}
    if zones & directory.portals or (not found.has_place and found.word("cross", "crossed", "crosses", *DOOR_WORDS)):
        found.kinds.append(EventKind.CROSSING)
    if found.cameras and not zones & directory.portals:
        found.said.add("anyone")
    if zones - directory.portals and not found.cameras:
        found.kinds.append(EventKind.ZONE_VISIT)


def find_subject(tokens: Tokens, found: Slots) -> None:
    """`alerts about a camera`, `alarms that concerned a person`: what an alert is about is a kind of event."""
    if "alerts" not in found.said or found.kinds:
        return
    for at in range(2, len(tokens.all)):
        before = tokens.word(at - 2) if tokens.word(at - 1) in ("a", "the", "any") else tokens.word(at - 1)
        kind = _SUBJECTS.get(tokens.word(at)) if before in ("about", "concerned", "concerning", "regarding", "for", "with") else None
        if kind is not None and tokens.all[at].taken not in ("name", "by"):
            found.kinds.append(kind)
            return


_SUBJECTS = {
    "camera": EventKind.CAMERA_LOST,
    "cameras": EventKind.CAMERA_LOST,
    "node": EventKind.NODE_LOST,
    "nodes": EventKind.NODE_LOST,
    "person": EventKind.PERSON,
    "people": EventKind.PERSON,
    "persons": EventKind.PERSON,
}


def find_every(tokens: Tokens, found: Slots) -> None:
    """`every weekday` is a time, and says that each of them is meant."""
    if any(tokens.run_of(*phrase) for phrase in PHRASES["every"]):
        found.said.add("every")
