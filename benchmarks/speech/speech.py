"""Names from speech: the embedded recogniser on made-up voices, on sentences it must refuse, and on recordings of people.

Everything goes the way of the product: silence around it, voice activity, segments, recogniser, `introduction`. The limits of the
recogniser were set with the voices of `_SET_WITH`; the others are held out and are what the targets speak of. Whisper's weights cannot
be had where this is developed: with faster-whisper and its model installed, name its folder with --whisper and it is measured as well.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.speech import sentences
from benchmarks.speech.files import read_sounds
from benchmarks.speech.voices import RATE_HZ, Voice, spoken, voices
from console.progress import step
from console.skipped import Skipped
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.speech.closed_grammar import ClosedGrammar
from engine.speech.faster_whisper import FasterWhisper
from engine.speech.introduction import Introduction, introduction
from engine.speech.segments import Segmenter
from engine.speech.transcriber import Transcriber
from engine.speech.voice import VoiceActivity

_SET_WITH = frozenset(("flite slt", "flite kal", "espeak-ng en-us+f3"))
NAMES = ("Sarah", "John", "Anna", "Bob", "Peter", "Maria", "David", "Lisa", "Michael", "Emma", "Thomas", "Julia")
_FORMS = ("my name is {}", "i'm {}", "this is {} speaking", "call me {}", "i am {}", "{} here")
_OTHER_NAMES = ("Gertrude", "Hakim", "Olga", "Winston", "Pablo", "Ingrid", "Chen", "Victor")
_NO_INTRODUCTION = (
    "i am tired",
    "this is sparta",
    "i saw john yesterday",
    "my name is not john",
    "her name is anna",
    "is this anna speaking",
    "we should go home now",
    "turn on the lights please",
    "the weather is nice today",
    "i am going to the kitchen",
    "what is your name",
    "call me later",
    "do you know where peter is",
    "anna is not here",
    "please tell maria that i called",
    "my name is on the list",
)
_QUIET = np.random.default_rng(3).normal(0, 1e-4, RATE_HZ).astype(np.float32)


@dataclass(slots=True)
class _Tally:
    asked: int = 0
    exact: int = 0
    wrong: int = 0
    false: int = 0
    sound_s: float = 0.0
    work_s: float = 0.0
    heard: list[str] = field(default_factory=list)

    def add(self, found: Sequence[str], wanted: str) -> None:
        self.asked += 1
        self.exact += bool(wanted) and list(found) == [wanted]
        self.wrong += bool(wanted) and bool(found) and list(found) != [wanted]
        self.false += not wanted and bool(found)

    def metrics(self) -> dict[str, Any]:
        factor = round(self.work_s / self.sound_s, 3) if self.sound_s else None
        return {"asked": self.asked, "exact": self.exact, "wrong": self.wrong, "false": self.false, "real_time_factor": factor}


def run(vad: Path, recordings: Path, whisper: Path | None, most_voices: int) -> dict[str, Any]:
    """`{"bench", "cases", "targets"}` of the bench contract. Some minutes; a sentence per engine that is missing is a case of its own."""
    skipped = Skipped()
    sounds = read_sounds(recordings, skipped)
    skipped.tell()
    there, absent = voices()
    cases = [report.case(sentence, {}, {"asked": 0}) for sentence in absent]
    cases += [_text_case("text, tuning half", sentences.tuning), _text_case("text, held out", sentences.held_out)]
    chosen = sorted(there, key=lambda voice: voice.title in _SET_WITH)[:most_voices]
    held_out: list[_Tally] = []
    for transcriber in _transcribers(whisper, cases):
        for number, voice in enumerate(chosen):
            step(f"voices, {transcriber.name} ({voice.title})", number, len(chosen))
            tallies = _of_voice(voice, transcriber, vad)
            cases += [_case(f"{voice.title}: {what}", transcriber, tally, voice.title) for what, tally in tallies.items()]
            if voice.title not in _SET_WITH and transcriber.name == ClosedGrammar.name:
                held_out += tallies.values()
        people = _recordings(sounds, transcriber, vad)
        cases.append(_case("recordings of people", transcriber, people, "people"))
        if transcriber.name == ClosedGrammar.name:
            held_out.append(people)
    return {"bench": "speech", "cases": cases, "targets": _targets(held_out), "skipped": skipped.plain()}


def _text_case(name: str, half: Callable[[Sequence[Any]], Sequence[Any]]) -> dict[str, Any]:
    """Sentences as if they had been heard without a fault. `taken`: of those without an introduction, with the site's names or without."""
    refused, introduced = half(sentences.NO_INTRODUCTION), half(sentences.INTRODUCTIONS)
    wrong = [[one for known in ((), sentences.KNOWN) if (one := introduction(text, known)) is not None] for text in refused]
    right = [(introduction(text, sentences.KNOWN), name) for text, name in introduced]
    metrics = {
        "asked": len(refused),
        "taken": sum(any(one.certain for one in found) for found in wrong),
        "questions": sum(bool(found) and not any(one.certain for one in found) for found in wrong),
        "introductions": len(introduced),
        "exact": sum(_is_name(found, name) and found.certain for found, name in right if found is not None),
        "exact_as_question": sum(_is_name(found, name) and not found.certain for found, name in right if found is not None),
    }
    return report.case(name, {}, metrics)


def _is_name(found: Introduction, name: str) -> bool:
    return found.name == name


def _case(name: str, transcriber: Transcriber, tally: _Tally, voice: str) -> dict[str, Any]:
    return report.case(name, {"transcriber": transcriber.name, "limits_set_with_it": voice in _SET_WITH}, tally.metrics())


def _targets(held_out: Iterable[_Tally]) -> list[dict[str, Any]]:
    """False names are what must not happen; a name that is missed can be said again."""
    tallies = list(held_out)
    asked, sound_s = sum(one.asked for one in tallies), sum(one.sound_s for one in tallies)
    false = sum(one.false + one.wrong for one in tallies)
    return [
        report.at_most("false or wrong names, share", 0.02, round(false / asked, 4) if asked else None),
        report.at_most("real_time_factor", 1.0, round(sum(one.work_s for one in tallies) / sound_s, 3) if sound_s else None),
    ]


def _transcribers(whisper: Path | None, cases: list[dict[str, Any]]) -> list[Transcriber]:
    found: list[Transcriber] = [ClosedGrammar(NAMES)]
    if whisper is None:
        return found
    full = FasterWhisper(whisper)
    try:
        full.load_models()
    except EnvironmentFault as fault:
        cases.append(report.case(str(fault), {}, {"asked": 0}))
        return found
    return [*found, full]


def _of_voice(voice: Voice, transcriber: Transcriber, vad: Path) -> dict[str, _Tally]:
    introduced, refused, others = _Tally(), _Tally(), _Tally()
    for number, name in enumerate(NAMES):
        for form in (number % len(_FORMS), (number + 3) % len(_FORMS)):
            introduced.add(_names(spoken(voice, _FORMS[form].format(name)), transcriber, vad, introduced), name)
    for text in _NO_INTRODUCTION:
        refused.add(_names(spoken(voice, text), transcriber, vad, refused), "")
    for name in _OTHER_NAMES:
        others.add(_names(spoken(voice, f"my name is {name}"), transcriber, vad, others), "")
    return {"introductions": introduced, "no introduction": refused, "names out of list": others}


def _recordings(sounds: Sequence[tuple[Path, Any]], transcriber: Transcriber, vad: Path) -> _Tally:
    """Nobody introduces themselves in any of them."""
    tally = _Tally()
    for number, (path, sound) in enumerate(sounds, start=1):
        tally.add(_names(sound, transcriber, vad, tally), "")
        step(f"recordings, {transcriber.name} ({path.name})", number, len(sounds))
    return tally


def _names(sound: Any, transcriber: Transcriber, vad: Path, tally: _Tally) -> list[str]:
    """Names that the product would take from this sound, known to the site or not as far as the transcriber tells."""
    transcriber.load_models()
    segmenter = Segmenter(VoiceActivity(vad))
    padded = np.concatenate([_QUIET, sound, _QUIET])
    began = time.process_time()
    heard = [transcriber.transcribe(one.samples) for one in [*segmenter.feed(padded, SECOND), *segmenter.flush()]]
    found = [introduction(one.text, NAMES) for one in heard if one is not None]
    tally.work_s += time.process_time() - began
    tally.sound_s += len(padded) / RATE_HZ
    tally.heard += [one.text for one in heard if one is not None]
    return [one.name for one in found if one is not None and one.known]
