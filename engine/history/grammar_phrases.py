"""Turns of phrase from the tables, and what some of them mean together: lost cameras, doors gone through."""

from engine.history.grammar_found import Slots
from engine.history.grammar_places import CAMERA_WORDS, DOOR_WORDS, LOST, NODE_WORDS
from engine.history.grammar_tables import BY_FIRST
from engine.history.grammar_tokens import Tokens
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
    for at, length, name, value in sorted(claims, key=lambda claim: -claim[1]):
        inside = [covered.get(each, 0) for each in range(at, at + length)]
        if max(inside) > length:
            continue
        for each in range(at, at + length):
            covered[each] = max(covered.get(each, 0), length)
        if name == "kind":
            if value not in found.kinds:
                found.kinds.append(EventKind(value))
        elif name == "category":
            found.categories.append(value)
        else:
            found.said.add(name)
    for at in covered:
        tokens.take(at, at + 1, "word")


def find_lost(tokens: Tokens, found: Slots) -> None:
    """A camera or a node that was lost: the thing and the word for it, wherever they stand."""
    broken = [
        at for at in range(len(tokens.all)) if tokens.word(at) == "down" and {"break", "broken"} & {tokens.word(each) for each in range(at)}
    ]
    said = {token.text for at, token in enumerate(tokens.all) if token.taken != "by" and at not in broken}
    said -= {"break", "broken"} if broken else set()
    returned = "returned" in found.said and not found.people and not found.any("anyone", "people", "unknown", "known")
    if not (said & LOST or returned) or EventKind.PHONE_LEFT in found.kinds or EventKind.FALL in found.kinds:
        return
    if found.nodes or said & NODE_WORDS:
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
        if not token.taken and token.text in LOST:
            tokens.take(at, at + 1, "word")


def find_visits(found: Slots) -> None:
    """Visits of a zone that are counted or measured are of that kind, not all that was there."""
    asks = found.any("how_many", "how_often", "mean", "median", "longest", "shortest")
    if asks and found.zones and not found.cameras and not found.kinds and found.word("visit", "visits"):
        found.kinds.append(EventKind.ZONE_VISIT)


def find_recording(found: Slots) -> None:
    """`is the gate camera recording` asks whether it works, for no clip."""
    asks = found.tokens.word(0) in ("is", "are", "was", "were") and found.word("recording") and not found.word("there", "any")
    if asks and (found.cameras or found.word(*CAMERA_WORDS)):
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
