"""A search with one of its conditions left away, to tell which of them leaves nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from functools import reduce
from itertools import groupby
from operator import attrgetter

from console.searching.chip_words import chip_text
from engine.history.typed_search import FilterField, SearchSite, chips_of, without_chip
from engine.model.history.timeline import SearchFilter


def wider_filters(wanted: SearchFilter, site: SearchSite, now_ns: int, zone: tzinfo | None) -> Iterator[tuple[str, SearchFilter]]:
    """Each with the words of what it lacks. Several cameras, or kinds, are one condition; rejected decisions are none."""
    if wanted.text:
        yield f"“{wanted.text}”", replace(wanted, text="")
    for field, chips in groupby(chips_of(wanted, site), key=attrgetter("field")):
        if field is not FilterField.REJECTED:
            left_away = list(chips)
            texts = dict.fromkeys(chip_text(chip, now_ns, zone) for chip in left_away)
            yield ", ".join(texts), reduce(without_chip, left_away, wanted)
