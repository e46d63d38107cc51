"""Who introduces themselves in a sentence, if anybody: a name only where the speaker plainly speaks of themselves.

A closed set of forms, matched on words. What comes before a form must be a greeting or the like, so that "he said I'm John", "is this Anna
speaking" and "I think I'm late" are no introductions. What comes after the name must be its end or an ordinary continuation. Transcribers
differ in case and punctuation: both help where they are there, neither is needed. The text is what anybody may have said: it is only ever
compared, and a name consists of letters, apostrophes and hyphens.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from engine.model.value_class import dataclass
from engine.speech.phrases import AFTER, AFTER_WORD, BEFORE, FIRST_PERSON, I_AM, OF_ANOTHER, PARTICLES, PRESENT, REPORTED, THIS_IS, TITLES
from engine.speech.words import Words, built_in_words, folded

LONGEST_TEXT = 400
_LONGEST_WORD = 30
_MOST_WORDS = 3  # of a name, particles and title not counted

_TOKEN = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*\.?|[^\s]")
_SENTENCE = re.compile(r"(?<=[.!?;…])\s+")
_SHORTENED = re.compile(r"\b(dr|mr|mrs|ms|prof)\.", re.IGNORECASE)
_QUOTES = re.compile(r"[\"“”„«»<>{}\[\]`]|(?:^|[\s,:])'\w")

_ENDS = frozenset(",.!;:…")


@dataclass(frozen=True, slots=True)
class Introduction:
    """Attributes:
    name: as it should be written. title: `Doctor` and the like, folded; empty without.
    form: the words that made it an introduction. known: the name is one of those that were given as known.
    certain: nobody needs to be asked; otherwise it may be another word, or a name that was written as it sounded.
    """

    name: str
    title: str = ""
    form: str = ""
    known: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Sentence:
    tokens: tuple[str, ...]  # as heard
    plain: tuple[str, ...]  # folded, without a trailing full stop
    cased: bool  # capital letters mean something


def introduction(text: str, known: Collection[str] = (), words: Words | None = None) -> Introduction | None:
    """The speaker's own name in what they said; None without one, or with two. Pure; microseconds.

    Args:
        text: one utterance as transcribed, any case, with or without punctuation; longer than `LONGEST_TEXT` is not looked at.
        known: names of the site as they are written. They are believed where an unknown word is not, and keep their spelling.
    """
    if not text or len(text) > LONGEST_TEXT:
        return None
    straight = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    if _QUOTES.search(straight):
        return None  # somebody is being quoted, or this is no speech
    slot = _Slot(words or built_in_words(), {folded(name): name for name in known})
    cased = _case_tells(straight)
    parts = _SENTENCE.split(_SHORTENED.sub(r"\1", straight))
    found = [one for part in parts if not part.endswith("?") for one in _in_sentence(_sentence(part, cased), slot)]
    of_self = [one for one in found if tuple(one.form.split()) not in THIS_IS] or found
    return of_self[0] if len({folded(one.name) for one in of_self}) == 1 else None


def reduced(found: Introduction) -> str:
    """A sentence that introduces the same name and holds nothing else that was said."""
    return f"My name is {found.name}."


def _case_tells(text: str) -> bool:
    """Transcribers that write capitals write them for names, inside a sentence; others shout or whisper all of it."""
    starts = [word[0] for word in re.findall(r"[^\W\d_]+", text)[1:] if word.lower() not in ("i", "m")]
    return not text.isupper() and any(letter.isupper() for letter in starts)


def _sentence(text: str, cased: bool) -> _Sentence:
    tokens = tuple(_TOKEN.findall(text))
    plain = tuple(folded(token).rstrip(".") if len(token) > 1 else folded(token) for token in tokens)
    return _Sentence(tuple(token.rstrip(".") if len(token) > 1 else token for token in tokens), plain, cased)


def _in_sentence(sentence: _Sentence, slot: "_Slot") -> Iterator[Introduction]:
    for at in range(len(sentence.plain)):
        form = _form_at(sentence.plain, at)
        if form and _may_start(sentence.plain[:at]):
            found = slot.read_introduction(sentence, at + len(form), form)
            if found is not None:
                yield found
    here = slot.read_here(sentence)
    if here is not None:
        yield here


def _form_at(plain: Sequence[str], at: int) -> tuple[str, ...]:
    """The longest form that starts at this word, or nothing."""
    forms = [form for form in (*FIRST_PERSON, *I_AM, *THIS_IS) if tuple(plain[at : at + len(form)]) == form]
    return max(forms, key=len, default=())


def _may_start(before: Sequence[str]) -> bool:
    """Nothing but greetings since the last comma or `and`, and nobody reports what another said."""
    if REPORTED.intersection(before):
        return False
    cut = max((n + 1 for n, word in enumerate(before) if word in _ENDS or word in ("and", "but")), default=0)
    return all(word in BEFORE for word in before[cut:])


class _Slot:
    """Reads the name that follows a form."""

    def __init__(self, words: Words, known: dict[str, str]) -> None:
        self._words = words
        self._known = known
        self._known_parts = {part for name in known for part in name.split()}

    def read_introduction(self, sentence: _Sentence, at: int, form: tuple[str, ...]) -> Introduction | None:
        title = sentence.plain[at] if at < len(sentence.plain) and sentence.plain[at] in TITLES else ""
        start = at + bool(title)
        end = self._extent(sentence, start, form)
        if end == start:
            return None
        after = sentence.plain[end:]
        usual = AFTER_WORD if end == start + 1 and sentence.plain[start] in self._words.ordinary and not sentence.cased else AFTER
        ended = not after or after[0] in _ENDS or after[0] in usual
        if not ended or (form in THIS_IS and not self._this_is(sentence.plain[start + 1 : end], after)):
            return None
        plainly = form in FIRST_PERSON or (form in THIS_IS and bool(PRESENT.intersection(after[:1])))
        certain = bool(title) or self._certain(sentence.plain[start:end], plainly)
        return self._introduction(sentence, start, end, title, " ".join(form), certain)

    def read_here(self, sentence: _Sentence) -> Introduction | None:
        """ "Sarah here", "Anna Meyer speaking": the whole sentence, and a name that is likely one."""
        start = next((n for n, word in enumerate(sentence.plain) if word not in BEFORE and word not in _ENDS), 0)
        rest = tuple(word for word in sentence.plain[start:] if word not in _ENDS)
        if not 2 <= len(rest) <= 3 or rest[-1] not in PRESENT or not all(self._likely(word) for word in rest[:1]):
            return None
        if any(word in self._words.not_names or not _wordlike(word) for word in rest[1:-1]):
            return None
        return self._introduction(sentence, start, start + len(rest) - 1, "", rest[-1], self._certain(rest[:-1], False))

    def _certain(self, words: Sequence[str], plainly: bool) -> bool:
        """Whether these words can only be a name. `plainly`: after "my name is" and the like; after "I'm" a word of English in the
        surname's place (Robin Hood, Peter Pan) and a name that few people have (Elvis) are asked about."""
        if " ".join(words) in self._known:
            return True
        first, further = words[0], words[1:]
        if plainly:
            return self._likely(first) or first in self._words.census or first not in self._words.ordinary
        return self._likely(first) and not self._words.ordinary.intersection(further)

    def _this_is(self, further: Sequence[str], after: Sequence[str]) -> bool:
        """Not of another person or of a thing: "this is Anna she is my daughter", "this is Victoria Station", "this is hope speaking to …".
        `further`: words of the name after its first."""
        if after and after[0] in PRESENT:
            return not after[1:] or after[1] in _ENDS or after[1] in AFTER
        if OF_ANOTHER.intersection(after) - {"at", "of", "the", "with", "my", "your"} or self._words.ordinary.intersection(further):
            return False
        follow = [word for word in after if word not in _ENDS][:1]
        return not follow or (
            follow[0] not in OF_ANOTHER and follow[0] in AFTER | {"from"} and follow[0] not in ("the", "of", "or", "at", "with")
        )

    def _extent(self, sentence: _Sentence, start: int, form: tuple[str, ...]) -> int:
        """One past the last word of the name; `start` where there is none."""
        full = self._known_at(sentence.plain, start)
        if full:
            return start + full
        if start >= len(sentence.plain) or not self._first(sentence, start, form):
            return start
        end, count = start + 1, 1
        while end < len(sentence.plain) and count < _MOST_WORDS and self._further(sentence, end):
            count += sentence.plain[end] not in PARTICLES
            end += 1
        return end

    def _known_at(self, plain: Sequence[str], start: int) -> int:
        """How many words here are a known name in full."""
        return max((n for n in range(1, 5) if " ".join(plain[start : start + n]) in self._known and len(plain) >= start + n), default=0)

    def _first(self, sentence: _Sentence, at: int, form: tuple[str, ...]) -> bool:
        word, heard = sentence.plain[at], sentence.tokens[at]
        if not _wordlike(heard) or word.endswith("'s"):
            return False
        if self._likely(word):
            return True
        if word in self._words.not_names or word in AFTER or self._words.nationality(word):
            return False
        if word in self._words.ordinary or self._words.hero(word):
            return form in FIRST_PERSON and sentence.cased and heard[0].isupper()
        if form in THIS_IS:
            return PRESENT.intersection(sentence.plain[at + 1 : at + 3]) != frozenset()
        return form in FIRST_PERSON or (sentence.cased and heard[0].isupper())

    def _further(self, sentence: _Sentence, at: int) -> bool:
        word, heard = sentence.plain[at], sentence.tokens[at]
        if word in PARTICLES and at + 1 < len(sentence.plain):
            return self._further(sentence, at + 1)
        if not _wordlike(heard) or word in AFTER or word.endswith("'s"):
            return False
        if sentence.cased:
            return heard[0].isupper() and word != "i"
        if word in self._words.not_names:
            return False
        following = sentence.plain[at + 1] if at + 1 < len(sentence.plain) else ""
        return self._likely(word) or not following or following in _ENDS or following in PRESENT or following in AFTER

    def _likely(self, word: str) -> bool:
        """Known, or common as a given name; each part of `mary-jane`."""
        return word in self._known_parts or all(part in self._words.given for part in word.split("-"))

    def _introduction(self, sentence: _Sentence, start: int, end: int, title: str, form: str, certain: bool = True) -> Introduction:
        spelled = self._known.get(" ".join(sentence.plain[start:end]))
        if spelled is not None:
            return Introduction(spelled, title, form, known=True)
        name = " ".join(_spelled_as_name(word, sentence.cased) for word in sentence.tokens[start:end])
        return Introduction(unicodedata.normalize("NFC", name), title, form, certain=certain)


def _wordlike(word: str) -> bool:
    return 2 <= len(word) <= _LONGEST_WORD and not word.endswith(("n't", "n’t")) and word.replace("'", "").replace("-", "").isalpha()


def _spelled_as_name(word: str, cased: bool) -> str:
    """As a name is written: kept where case tells, otherwise with capitals (O'Brien, Mary-Jane)."""
    if cased and word[0].isupper() and not word.isupper():
        return word
    if word.lower() in PARTICLES:
        return word.lower()
    return re.sub(r"[^\W\d_]+", lambda part: part[0][:1].upper() + part[0][1:].lower(), word)
