"""How the words at the cursor of a question may go on: names, cameras by number, zones, kinds of events, times, in the language on screen.

The same reading offers filters in the searches of the console.
"""

import re
from dataclasses import replace

from console.chat.question_form import people_at
from console.searching.chip_words import chip_text
from engine.history.typed_search import FilterChip, FilterField, SearchSite, offered_chips, search_site
from engine.model.snapshot import Snapshot
from engine.store.search.screen_words import folded
from widgets.chat.question_suggestions import Suggestion
from widgets.translation import language_on_screen, tr

_MOST_WORDS = 5  # of a name or a time: a long question is not read from its beginning at every key
_ICONS = {FilterField.CAMERA: "cctv", FilterField.PERSON: "user", FilterField.ZONE: "square-dashed", FilterField.KIND: "activity"}


def question_site(snapshot: Snapshot, key: str | None, now_ns: int) -> SearchSite:
    """What a question to the site of this key may name. None: to several, whose cameras have no common numbers."""
    settings = snapshot.settings_at(key or "")
    site = replace(search_site(settings, people_at(snapshot, key or ""), now_ns), rules=(), language=language_on_screen())
    if key is None:
        return site
    numbered = tuple((each.id, tr("Camera {0}").format(number)) for number, each in enumerate(settings.cameras, 1))
    return replace(site, cameras=(*numbered, *site.cameras))


def suggestions_for(begun: str, site: SearchSite) -> tuple[Suggestion, ...]:
    """For the text before the cursor."""
    starts = [word.start() for word in re.finditer(r"""[^\s:"“”„(]+""", begun)][-_MOST_WORDS:]
    if not starts:
        return ()
    tails = {chip: _tail(chip.name, begun, starts) for chip, _ in offered_chips(begun[starts[0] :], site)}
    return tuple(_suggestion(chip, tail, site) for chip, tail in tails.items() if tail and tail.casefold() != chip.name.casefold())


def _tail(name: str, begun: str, starts: list[int]) -> str:
    """The most words of those before the cursor with which the name begins."""
    whole = " ".join(folded(name))
    return next((begun[at:] for at in starts if folded(begun[at:]) and whole.startswith(" ".join(folded(begun[at:])))), "")


def _suggestion(chip: FilterChip, tail: str, site: SearchSite) -> Suggestion:
    notes = {FilterField.PERSON: tr("Person"), FilterField.ZONE: tr("Zone"), FilterField.KIND: tr("Event"), FilterField.TIME: tr("Time")}
    note = notes.get(chip.field, "")
    if chip.field is FilterField.CAMERA:  # its number beside its name, its name beside its number
        names = [name for id_, name in site.cameras if id_ == chip.value]
        note = names[0] if chip.name == names[-1] and len(names) > 1 else names[-1] if chip.name != names[-1] else ""
    spoken = chip_text(replace(chip, name=", ".join(each for each in (chip.name, note) if each)), site.now_ns, site.zone)
    return Suggestion(chip.name, len(tail), note, spoken, _ICONS.get(chip.field, "clock"))
