"""Who and what a question may name: people, cameras, zones, portals, nodes, gestures; and finding them in the words of a question.

A name is found whole, by one of its words where only few have it, or with a slip of the pen (optimal string alignment distance 1, 2 from
eight letters on; Damerau 1964). A name is data: whatever it says, it can only be matched.
"""

from collections.abc import Callable, Iterable
from dataclasses import field
from enum import StrEnum
from operator import attrgetter

from engine.history.lexicon.tokens import Tokens, folded, word_set, words_of
from engine.model.people.person import Person
from engine.model.places import PlaceKind, places_of
from engine.model.settings import Settings
from engine.model.value_class import dataclass

_EMPTY = frozenset({"the", "a", "an", "of", "and", "at", "in", "by", "to", "on", "camera", "cam", "zone", "area", "room", "node", "sensor"})
_BEFORE_NAMES = word_set(
    "see saw seen is was did has by with of where person visitor and or than but see for named called about does had were notice noticed "
    "employee colleague guard mr mrs ms dr meet except without when spot spotted is not"
)
_NUMBERED = (("camera",), ("cam",), ("camera", "number"), ("camera", "no"), ("camera", "#"))
_LEAST_FUZZY = 4
_SHORT = 4  # letters: so short a word is too many words away from itself to change its first letter


class NamedKind(StrEnum):
    PERSON = "person"
    CAMERA = "camera"
    ZONE = "zone"  # and portals, and zones and lines in pictures
    NODE = "node"
    GESTURE = "gesture"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """`number`: of a camera, by which people call it; 0: none."""

    kind: NamedKind
    id: str
    name: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Directory:
    """All that can be named, in the order of the settings; people by name."""

    named: tuple[NamedEntity, ...] = ()
    coordinates: tuple[float, float] | None = None  # latitude and longitude of the site
    portals: frozenset[str] = frozenset()  # ids of the zones that are doors, or lines in a picture
    lookouts: tuple[NamedEntity, ...] = ()  # cameras that only edge devices have: told by name, not asked for

    def of_kind(self, kind: NamedKind) -> tuple[NamedEntity, ...]:
        return tuple(each for each in self.named if each.kind is kind)

    def name(self, kind: NamedKind, id_: str) -> str:
        """Its name, or the id where nobody knows one."""
        return next((each.name for each in (*self.named, *self.lookouts) if each.kind is kind and each.id == id_), id_)


def directory_of(
    settings: Settings, persons: Iterable[Person], labels: Iterable[str] = (), cameras: frozenset[str] | None = None
) -> Directory:
    """What a viewer of these cameras (None: all) may name. labels: of gestures."""
    people = sorted((NamedEntity(NamedKind.PERSON, each.id, each.name) for each in persons), key=attrgetter("name", "id"))
    seen = [each for each in settings.cameras if cameras is None or each.id in cameras]
    places = [each for each in places_of(settings) if not each.camera_id or cameras is None or each.camera_id in cameras]
    anchor = settings.anchor
    return Directory(
        (
            *people,
            *(NamedEntity(NamedKind.CAMERA, each.id, each.name, each.number) for each in seen),
            *(NamedEntity(NamedKind.ZONE, each.id, each.name) for each in places),
            *(NamedEntity(NamedKind.NODE, each.mac, each.name or each.mac) for each in settings.nodes),
            *(NamedEntity(NamedKind.GESTURE, label, label) for label in sorted(set(labels))),
            *(NamedEntity(NamedKind.RULE, each.id, each.name or each.id) for each in settings.alerts.rules),
        ),
        None if anchor is None else (anchor.latitude, anchor.longitude),
        frozenset(each.id for each in places if each.kind in (PlaceKind.PORTAL, PlaceKind.PICTURE_LINE)),
        tuple(NamedEntity(NamedKind.CAMERA, each.camera_id, each.name or each.camera_id) for each in settings.lookouts),
    )


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a question that name something. `named`: all that they may mean. `guess`: what was written, where that differs."""

    start: int
    end: int
    named: tuple[NamedEntity, ...]
    guess: str = ""


@dataclass(frozen=True, slots=True)
class NameFinder:
    """Finds the names of a directory in questions. `is_word`: whether a word means something to the grammar by itself; `is_thing`:
    whether it is of something that no event tells of, so that it is no short form of a place."""

    directory: Directory
    is_word: Callable[[str], bool]
    is_thing: Callable[[str], bool] = lambda word: False
    _by_words: dict[tuple[str, ...], list[NamedEntity]] = field(default_factory=dict[tuple[str, ...], list[NamedEntity]])
    _by_part: dict[str, list[NamedEntity]] = field(default_factory=dict[str, list[NamedEntity]])

    def __post_init__(self) -> None:
        for each in self.directory.named:
            if each.kind is NamedKind.RULE:
                continue
            whole = words_of(each.name)
            self._know(each, whole, *self._numbered(each), *self._id_of(each))
            if each.kind is NamedKind.PERSON and len(whole) > 1 and all(self.is_word(word) for word in whole):
                continue  # such a name is meant only where all of it stands
            for part in set(whole) - _EMPTY:
                if len(part) > 1 and not part.isdigit():
                    self._by_part.setdefault(part, []).append(each)

    def _know(self, named: NamedEntity, *several: tuple[str, ...]) -> None:
        for words in dict.fromkeys(several):
            if words and named not in self._by_words.setdefault(words, []):
                self._by_words[words].append(named)

    def _numbered(self, named: NamedEntity) -> list[tuple[str, ...]]:
        """`camera 3`, where no camera has that for its name."""
        if not named.number:
            return []
        names = {words_of(each.name) for each in self.directory.of_kind(NamedKind.CAMERA)}
        return [words for said in _NUMBERED if (words := (*said, str(named.number))) not in names]

    def _id_of(self, named: NamedEntity) -> list[tuple[str, ...]]:
        """Its id, unless people mean another camera by these words: its number is what they read on the wall."""
        words = words_of(named.id)
        others = [each.number for each in self.directory.of_kind(NamedKind.CAMERA) if each.id != named.id and each.number]
        return [] if words in {(*said, str(number)) for said in _NUMBERED for number in others} else [words]

    def whole(self, tokens: Tokens) -> list[Mention]:
        """Names as they are, the longest first; takes their tokens."""
        found: list[Mention] = []
        for words in sorted(self._by_words, key=len, reverse=True):
            for start in range(len(tokens.all)):
                if tokens.run(start, words) and self._is_name_here(tokens, start, words):
                    found.append(_take_mention(tokens, start, len(words), self._by_words[words]))
        return sorted(found, key=attrgetter("start"))

    def parts(self, tokens: Tokens) -> list[Mention]:
        """One word or two of a longer name ("dock camera", "smith"), then slips of the pen; takes their tokens."""
        found: list[Mention] = []
        for start in tokens.free_indexes():
            word = tokens.word(start)
            if not tokens.free(start) or (self.is_word(word) and not self._named_here(tokens, start)):
                continue
            named = self._by_part.get(word) or self._by_part.get(word.removesuffix("s"), [])
            if named:
                end, named = self._narrowed(tokens, start + 1, named)
                before = tokens.word(start - 1)
                slipped = (
                    tokens.free(start - 1)
                    and not self.is_word(before)
                    and any(_is_misspelt_part(before, words_of(each.name)) for each in named)
                )
                first = start - 1 if slipped else start
                named = [each for each in named if first == start or _is_misspelt_part(before, words_of(each.name))]
                found.append(_take_mention(tokens, first, end - first, _best(named, tokens, first, end)))
        return [*found, *self.slips(tokens)]

    def is_part(self, word: str) -> bool:
        """Whether some name has this word."""
        return word in self._by_part or word.removesuffix("s") in self._by_part

    def slips(self, tokens: Tokens) -> list[Mention]:
        found: list[Mention] = []
        for start in tokens.free_indexes():
            word = tokens.word(start)
            if len(word) < _LEAST_FUZZY or word.isdigit() or self.is_word(word):
                continue
            named = self._alike(word)
            if named:
                end, named = self._narrowed(tokens, start + 1, named)
                whole = [each for each in named if len(words_of(each.name)) == end - start]  # written to its end: no part of a longer one
                mention = _take_mention(tokens, start, end - start, whole or named)
                found.append(Mention(mention.start, mention.end, mention.named, word))
        return found

    def _narrowed(self, tokens: Tokens, at: int, named: list[NamedEntity]) -> tuple[int, list[NamedEntity]]:
        """Words that follow and belong to the same name."""
        while tokens.free(at):
            word = tokens.word(at)
            kept = [each for each in named if word in words_of(each.name) or _slipped(word, words_of(each.name))]
            if not kept or (word in _EMPTY):
                return at, named
            at, named = at + 1, kept
        return at, named

    def _alike(self, word: str) -> list[NamedEntity]:
        reach = 1 if len(word) < 8 else 2
        parts = [part for part in self._by_part if len(word) > _SHORT or part[:1] == word[:1]]  # a pen seldom slips on the first letter
        near = [(distance(word, part, reach), part) for part in parts if abs(len(part) - len(word)) <= reach]
        least = min((far for far, part in near if far <= reach and len(part) >= _LEAST_FUZZY), default=None)
        if least is None:
            return []
        return list(dict.fromkeys(each for far, part in near if far == least and len(part) >= _LEAST_FUZZY for each in self._by_part[part]))

    def _is_name_here(self, tokens: Tokens, start: int, words: tuple[str, ...]) -> bool:
        """A name that is an ordinary word too is meant where it is written, or stands, like a name."""
        if not all(self.is_word(word) for word in words):
            return True
        if len(words) == 1:
            return self._named_here(tokens, start)
        is_place = any(each.kind is not NamedKind.PERSON for each in self._by_words[words])
        return is_place or tokens.word(start - 1) in _BEFORE_NAMES

    def _named_here(self, tokens: Tokens, start: int) -> bool:
        token = tokens.all[start]
        named = self._by_words.get((token.text,), []) or self._by_part.get(token.text, [])
        is_place = any(each.kind in (NamedKind.CAMERA, NamedKind.ZONE) for each in named)
        before = tokens.word(start - 1)
        if is_place and self.is_thing(token.text):
            return tokens.word(start + 1) in ("cam", "camera", "cams") or (token.capital and start > 0)
        if is_place:
            beside = before in ("the", "in", "at", "camera", "zone", "on", "by", "near", "from") or tokens.word(start + 1) in (
                "cam",
                "camera",
                "cams",
            )
            return beside or (token.capital and start > 0)
        return bool(named) and ((token.capital and start > 0) or before in _BEFORE_NAMES)


def _take_mention(tokens: Tokens, start: int, length: int, named: list[NamedEntity]) -> Mention:
    tokens.claim(start, start + length, "name")
    return Mention(start, start + length, tuple(named))


def _best(named: list[NamedEntity], tokens: Tokens, start: int, end: int) -> list[NamedEntity]:
    """Those with the fewest words that were not said, of each kind."""
    said = {token.text for token in tokens.all[start:end]}
    left = {each: len(set(words_of(each.name)) - _EMPTY - said) for each in named}
    kinds = {each.kind for each in named}
    least = {kind: min(left[each] for each in named if each.kind is kind) for kind in kinds}
    return [each for each in named if left[each] == least[each.kind]]


def _slipped(word: str, parts: tuple[str, ...]) -> bool:
    return len(word) >= _LEAST_FUZZY and any(len(part) >= _LEAST_FUZZY and distance(word, part, 1) <= 1 for part in parts)


def _is_misspelt_part(word: str, parts: tuple[str, ...]) -> bool:
    """Beside another word of the same name also a short word may have a slip in it ("jon smith")."""
    return len(word) > 2 and not is_number(word) and any(len(part) > 2 and distance(word, part, 1) == 1 for part in parts)


def only_slip(word: str, among: Iterable[str], long: int = 0) -> str:
    """The one word that begins alike and is a slip of the pen away, from `long` letters on two (0: never). Empty: none, or several."""
    apart: dict[str, int] = {}
    for each in among:
        plain = folded(each)
        reach = 2 if 0 < long <= len(plain) else 1
        if plain[0] == word[0] and (letters := distance(word, plain, reach)) <= reach:
            apart[each] = letters
    nearest = [each for each, letters in apart.items() if letters == min(apart.values())]
    return nearest[0] if len(nearest) == 1 else ""


def is_number(word: str) -> bool:
    return word[:1].isdigit()


def distance(a: str, b: str, most: int) -> int:
    """Optimal string alignment distance: letters put in, left out, changed, or two neighbours swapped. More than `most`: `most` + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        last, row = row, [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = last
    return min(row[-1], most + 1)
