"""A small recogniser that comes with the program: introductions with names of the site, and nothing else.

PocketSphinx with its English model follows a closed grammar. A name that stands in no dictionary is listened for as its letters may be
said. A closed grammar hears *something* in everything, so four things say no: other given names and the words that usually follow "I'm"
compete in the name's place; the sounds of the name must fit nearly as well as the best free sequence of sounds does (a likelihood ratio to
a phone loop, the usual filler model of word spotting: Rose and Paul, ICASSP 1990); all that was said, added up, must fit so much better
than speech about anything else does, that a short "I'm" has to fit better than a long "my name is"; and there is one name only. Among
thousands of competitors one often sounds a little nearer than the name that was said: then a search among the names of the site alone
tells whether one of them fits nearly as well. Dictation with this model is useless (measured), so it is not offered.
"""

import importlib
import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.speech.letter_sounds import built_in_letter_sounds
from engine.speech.transcriber import Transcript
from engine.speech.voice import RATE_HZ, Samples
from engine.speech.words import Words, built_in_words, folded

MOST_NAMES = 200
_MARGIN = RATE_HZ * 3 // 10
_DITHER = 3  # of 32767: digital silence has no spectrum, and everything after it would be misheard
_NOISE_DB = -30.0  # beneath the level of what was said: the model knows rooms, and mishears a voice without any noise
_FULL_SCALE = 32000
WAYS = 4
"""To say a name that stands in no dictionary."""
_GREETINGS = ("hello", "hi", "hey", "hello there", "hi there", "good morning", "good afternoon", "good evening")
_PLEASED = "nice to meet you"
_CARRIERS = ("my name is", "my name's", "i'm", "i am", "call me")
_LAST = (["here"], ["speaking"], _PLEASED.split())
_FRAME = RATE_HZ // 100  # samples
_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Fit:
    """How much worse the grammar fits than free sounds, per frame; small or negative is good.

    Attributes:
        name, all_words: of the name, of all words. frames: of all words, 10 ms each.
        text: the whole as recognised; known: its name, empty for a competitor. form: the words before the name, and those after it.
        contested: a competitor in the name's place fits clearly better.
    """

    text: str
    known: str
    name: float
    all_words: float
    frames: int
    form: tuple[str, str] = ("", "")
    contested: bool = False

    @property
    def weak(self) -> bool:
        """The form has few sounds: "I'm", "I am", or "here" after the name."""
        before, after = self.form
        return after == "here" or before.endswith(("i'm", "i am"))


@dataclass(frozen=True, slots=True)
class FitLimits:
    """Set on real speech without an introduction and on the made-up voices of the tuning half.

    Attributes:
        other_speech: how much worse than free sounds the grammar fits speech about anything else, per frame.
        certain, question: by how much all words together must fit better than that, for a fact and for a question.
        weak_certain, weak_question: the same after "I'm" or before "here", which much other speech sounds like.
        name, doubtful_name: how badly the name itself may fit, for a fact and for a question.
        behind, certain_behind: how much less well than a competitor a name of the site may fit, for a question and for a fact.
        certain_lead: how much more evidence there may be with the competitor, for a fact.
    """

    other_speech: float = 2.5
    certain: float = 120.0
    question: float = 110.0
    weak_certain: float = 200.0
    weak_question: float = 150.0
    name: float = 2.0
    doubtful_name: float = 3.0
    behind: float = 1.3
    certain_behind: float = 1.0
    certain_lead: float = 45.0

    def evidence(self, fit: Fit) -> float:
        """Log-likelihood ratio, scaled as the recogniser's scores are."""
        return fit.frames * (self.other_speech - fit.all_words)

    def is_fact(self, fit: Fit) -> bool:
        needed = self.weak_certain if fit.weak else self.certain
        return not fit.contested and fit.name <= self.name and self.evidence(fit) >= needed

    def is_question(self, fit: Fit) -> bool:
        needed = self.weak_question if fit.weak else self.question
        return fit.name <= self.doubtful_name and self.evidence(fit) >= needed

    def contests(self, rival: Fit, fit: Fit) -> bool:
        """Whether the competitor fits so much better that the name is no fact."""
        return fit.name - rival.name > self.certain_behind or self.evidence(rival) - self.evidence(fit) > self.certain_lead


@dataclass(frozen=True, slots=True)
class _Stretch:
    word: str
    first: int
    last: int
    score: float

    @property
    def frames(self) -> int:
        return self.last - self.first + 1


class ClosedGrammar:
    """`names` of the site are heard as the English dictionary says them, or else as their letters may be said; `silent_names` are those
    without a letter from a to z."""

    name = "pocketsphinx"

    def __init__(self, names: Collection[str], words: Words | None = None, limits: FitLimits | None = None) -> None:
        """The first `MOST_NAMES` are taken. Nothing is loaded before `load_models`."""
        self._spelled = {" ".join(_words_of_name(name)): name for name in list(names)[:MOST_NAMES]}
        self._words = words or built_in_words()
        self._limits = limits or FitLimits()
        self._decoder: Any = None
        self.silent_names: tuple[str, ...] = ()

    def load_models(self) -> None:
        """A third of a second, 60 MB; twice that where a name stands in no dictionary.

        Raises:
            EnvironmentFault: `missing_package`; `no_names`, there is no name that could be heard.
        """
        if self._decoder is not None:
            return
        decoder = _decoder()
        sayable = [spoken for spoken in self._spelled if spoken and all([_learn_to_say(decoder, word) for word in spoken.split()])]
        self.silent_names = tuple(name for spoken, name in self._spelled.items() if spoken not in sayable)
        if not sayable:
            raise EnvironmentFault(
                "no_names", "No name of this site can be heard. Name people first; names without Latin letters need faster-whisper."
            )
        decoder.add_jsgf_string("introductions", _grammar(sayable, self._rivals(decoder, sayable)))
        decoder.add_jsgf_string("known", _grammar(sayable, ()))
        decoder.add_allphone_file("sounds")
        self._decoder = decoder

    def transcribe(self, samples: Samples) -> Transcript | None:
        found = self.fit(samples)
        certain = found is not None and self._limits.is_fact(found)
        if found is None or not found.known or not (certain or self._limits.is_question(found)):
            return None
        return Transcript(found.text, 1.0 / (1.0 + math.exp(found.name)), certain)

    def fit(self, samples: Samples) -> Fit | None:
        """What the grammar makes of an utterance, before the limits on the fit. Competitors, which cost most, are only looked at where a
        name of the site could be a question without them."""
        self.load_models()
        sound = _with_noise(samples)
        known = self._search("known", sound)
        if not known:
            return None
        free = self._free_sounds(sound)
        alone = self._judge_fit(known, free)
        if not (self._limits.is_fact(alone) or self._limits.is_question(alone)):
            return alone
        rivals = self._search("introductions", sound)
        return self._among_rivals(alone, self._judge_fit(rivals, free)) if rivals else None

    def _free_sounds(self, sound: Any) -> Any:
        """(frames,) scores of the best sequence of sounds."""
        scores = np.zeros(len(sound) // _FRAME + 8)
        for one in self._search("sounds", sound):
            scores[one.first : one.last + 1] = one.score / one.frames
        return scores

    def _among_rivals(self, alone: Fit, wide: Fit) -> Fit:
        """A name of the site in the place of a competitor, after the same words, where it fits nearly as well."""
        if wide.known:
            return wide
        if alone.name - wide.name > self._limits.behind or alone.form != wide.form:
            return wide
        return replace(alone, contested=self._limits.contests(wide, alone))

    def _judge_fit(self, stretches: Sequence[_Stretch], free: Any) -> Fit:
        words = [one for one in stretches if one.word[0] not in "<[(" and one.word != "SIL"]
        heard = [re.sub(r"\(\d+\)$", "", one.word) for one in words]
        start, end = _name_place(heard)
        spoken = " ".join(heard[start:end])
        known = self._spelled.get(spoken, "")
        text = " ".join([*heard[:start], known or spoken, *heard[end:]])
        form = (" ".join(heard[:start]), " ".join(heard[end:]))
        frames = sum(one.frames for one in words)
        return Fit(text, known, _worse(words[start:end], free), _worse(words, free), frames, form)

    def _rivals(self, decoder: Any, sayable: Collection[str]) -> list[str]:
        """Words that the name might be instead; none that sounds just like a name of the site (Sara beside Sarah)."""
        taken = {sounds for spoken in sayable for word in spoken.split() for sounds in _ways_to_say(decoder, word)}
        rivals = sorted(word for word in self._words.given | self._words.not_names if word.isascii() and word.isalpha() and len(word) > 1)
        return [word for word in rivals if (sound := decoder.lookup_word(word)) and sound not in taken]

    def _search(self, which: str, sound: Any) -> list[_Stretch]:
        decoder = self._decoder
        decoder.reinit_feat()  # otherwise the loudness and noise of the sound before would colour this one
        decoder.activate_search(which)
        decoder.start_utt()
        decoder.process_raw(sound.tobytes(), False, True)
        decoder.end_utt()
        if decoder.hyp() is None:
            return []
        return [_Stretch(one.word, one.start_frame, one.end_frame, math.log(max(one.ascore, _LEAST)) * 1000) for one in decoder.seg()]


def _decoder() -> Any:
    try:
        library = importlib.import_module("pocketsphinx")
    except ImportError as error:
        raise EnvironmentFault(
            "missing_package", f"The package pocketsphinx is not installed ({error}). Install the program again."
        ) from None
    # Without the search over the lattice: it costs more than the recognition and gives scores of another kind. All senones are scored in
    # every frame: otherwise scores are relative to the best of those in use, and those of two searches cannot be compared.
    return library.Decoder(library.Config(lm=None, bestpath=False, compallsen=True, loglevel="FATAL"))


def _learn_to_say(decoder: Any, word: str) -> bool:
    """False: it cannot be said."""
    if decoder.lookup_word(word):
        return True
    ways = built_in_letter_sounds().ways(word, WAYS)
    for number, sounds in enumerate(ways, start=1):
        decoder.add_word(word if number == 1 else f"{word}({number})", sounds, number == len(ways))
    return bool(ways)


def _ways_to_say(decoder: Any, word: str) -> Iterator[str]:
    number = 1
    while sounds := decoder.lookup_word(word if number == 1 else f"{word}({number})"):
        yield sounds
        number += 1


def _with_noise(samples: Samples) -> Any:
    """As int16, with a margin before and after. The noise is the same each time, so that the same sound gives the same answer."""
    padded = np.pad(np.clip(samples, -1, 1) * _FULL_SCALE, _MARGIN)
    level = float(np.sqrt(np.mean(np.square(samples)))) * _FULL_SCALE if len(samples) else 0.0
    random = np.random.default_rng(0)
    noise = random.integers(-_DITHER, _DITHER + 1, len(padded)) + random.normal(0.0, level * 10 ** (_NOISE_DB / 20), len(padded))
    return np.clip(padded + noise, -32768, 32767).astype(np.int16)


def _words_of_name(name: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", folded(name))


def _grammar(names: Sequence[str], rivals: Sequence[str]) -> str:
    """JSGF. A question sounds like an introduction, so it is listened for as well; whoever reads the words refuses it.

    Each alternative of a group shares the group's weight, so that one of many rivals is believed less than one of a few names.
    """
    slot = f"/0.99/ ({' | '.join(names)}) | /0.01/ ({' | '.join(rivals)})" if rivals else " | ".join(names)
    return (
        "#JSGF V1.0;\ngrammar introductions;\n"
        f"<name> = {slot};\n"
        f"<greeting> = {' | '.join(_GREETINGS)};\n"
        f"public <said> = [<greeting>] (({' | '.join(_CARRIERS)}) <name> [{_PLEASED}] | this is <name> speaking | <name> here)"
        " | is this <name> speaking;\n"
    )


def _name_place(heard: Sequence[str]) -> tuple[int, int]:
    """First and one past the last word of the name, by what stands around it."""
    end = len(heard) - next((len(last) for last in _LAST if list(heard[-len(last) :]) == last), 0)
    start = _length_of_first(heard, _GREETINGS)
    return start + _length_of_first(heard[start:], (*_CARRIERS, "this is", "is this")), end


def _length_of_first(heard: Sequence[str], phrases: Sequence[str]) -> int:
    """Of the longest phrase that these words begin with."""
    return max((len(words) for words in map(str.split, phrases) if list(heard[: len(words)]) == words), default=0)


def _worse(words: Sequence[_Stretch], free: Any) -> float:
    frames = sum(one.frames for one in words)
    return float(sum(free[one.first : one.last + 1].sum() - one.score for one in words)) / frames if frames else 0.0
