"""Which words of a question say how its answer begins."""

from engine.history.grammar.slots_found import Slots
from engine.model.history.plan import Form


def form_of(slots: Slots) -> Form:
    """By the words that a question begins with."""
    if slots.any("when"):
        return Form.WHEN
    if slots.any("where"):
        return Form.WHERE
    if "who" in slots.said:
        return Form.WHO
    is_list = slots.tokens.word(0) in ("list", "show", "give", "display", "print", "which", "what", "tell", "all", "every", "get", "find")
    first = slots.tokens.word(0)
    asks = first in (
        "was",
        "were",
        "did",
        "is",
        "are",
        "has",
        "have",
        "had",
        "does",
        "do",
        "any",
        "anyone",
        "anybody",
        "somebody",
        "someone",
        "anything",
    )
    if slots.word("clear", "empty", "deserted", "vacant", "unoccupied", "quiet", "calm", "ok", "okay", "fine", "normal", "alright"):
        return Form.PLAIN  # yes would say the opposite
    if slots.any("returned", "nobody") or slots.word("nothing", "not", "never", "neither"):
        return Form.PLAIN  # yes would say the opposite of what is told
    any_of_them = slots.word("any", "anyone", "anybody") and not is_list and first not in ("first", "last", "latest")
    return Form.YES_NO if asks or any_of_them else Form.PLAIN
