"""Names from speech: the embedded recogniser on made-up voices, on sentences it must refuse, and on recordings of people.

Everything goes the way of the product: silence around it, voice activity, segments, recogniser, `introduction`. The limits of the
recogniser were set with the voices and names of the tuning half (`spoken_cases`); the others are held out and are what the targets speak
of. Beside it runs the plain grammar that anybody would write first (`PlainGrammar`). Whisper's weights cannot
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
from benchmarks.speech.plain_grammar import PlainGrammar
from benchmarks.speech.real_speech import Found, false_names, recordings
from benchmarks.speech.spoken_cases import HELD_OUT_NAMES, TUNING_NAMES, TUNING_VOICES, sentences_of
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

_QUIET = np.random.default_rng(3).normal(0, 1e-4, RATE_HZ).astype(np.float32)


@dataclass(slots=True)
class _Tally:
    asked: int = 0
    exact: int = 0
    question: int = 0
    wrong: int = 0
    false: int = 0
    sound_s: float = 0.0
    work_s: float = 0.0
    heard: list[str] = field(default_factory=list)

    def add(self, found: Sequence[Found], wanted: str) -> None:
        """A name that is asked about is neither right nor wrong."""
        facts = [name for name, certain in found if certain]
        self.asked += 1
        self.exact += bool(wanted) and facts == [wanted]
        self.question += not facts and (bool(found) if not wanted else [name for name, _ in found] == [wanted])
        self.wrong += bool(wanted) and bool(facts) and facts != [wanted]
        self.false += not wanted and bool(facts)

    def metrics(self) -> dict[str, Any]:
        factor = round(self.work_s / self.sound_s, 3) if self.sound_s else None
        return {
            "asked": self.asked,
            "exact": self.exact,
            "exact_95": [round(each, 3) for each in report.wilson(self.exact, self.asked)],
            "question": self.question,
            "wrong": self.wrong,
            "false": self.false,
            "minutes": round(self.sound_s / 60, 1),
            "real_time_factor": factor,
        }


@dataclass(frozen=True, slots=True)
class RealSpeech:
    """`folder` of recordings without an introduction; at most so many `minutes` of them; the `held_out` half or the other."""

    folder: Path
    minutes: float = 60.0
    held_out: bool = True


def run(
    vad: Path, folder: Path, whisper: Path | None, most_voices: int, piper: tuple[Path, ...] = (), real: RealSpeech | None = None
) -> dict[str, Any]:
    """`{"bench", "cases", "targets"}` of the bench contract. Some minutes; a sentence per engine that is missing is a case of its own."""
    skipped = Skipped()
    sounds = read_sounds(folder, skipped)
    skipped.tell()
    there, absent = voices(piper)
    cases = [report.case(sentence, {}, {"asked": 0}) for sentence in absent]
    cases += [
        _text_case("text, tuning half", sentences.tuning(sentences.NO_INTRODUCTION), sentences.tuning(sentences.INTRODUCTIONS)),
        _text_case("text, held out", sentences.held_out(sentences.NO_INTRODUCTION), sentences.held_out(sentences.INTRODUCTIONS)),
        _text_case("text, written later", sentences.LATER_NO_INTRODUCTION, sentences.LATER_INTRODUCTIONS),
    ]
    chosen = sorted(there, key=lambda voice: voice.title in TUNING_VOICES)[:most_voices]
    held_out: list[_Tally] = []
    for make in _transcribers(whisper, cases):
        for number, voice in enumerate(chosen):
            names = TUNING_NAMES if voice.title in TUNING_VOICES else HELD_OUT_NAMES
            transcriber = make(names)
            step(f"voices, {transcriber.name} ({voice.title})", number, len(chosen))
            tallies = _of_voice(voice, transcriber, names, vad)
            cases += [_case(f"{voice.title}: {what}", transcriber, tally, voice.title) for what, tally in tallies.items()]
            if voice.title not in TUNING_VOICES and transcriber.name == ClosedGrammar.name:
                held_out += tallies.values()
        transcriber = make(HELD_OUT_NAMES)
        people = _recordings(sounds, transcriber, vad)
        cases.append(_case("recordings of people", transcriber, people, "people"))
        if transcriber.name == ClosedGrammar.name:
            held_out.append(people)
    if real is not None:
        cases += _real_cases(real, vad, skipped)
    return {"bench": "speech", "cases": cases, "targets": _targets(held_out), "skipped": skipped.plain()}


def _real_cases(real: RealSpeech, vad: Path, skipped: Skipped) -> Iterable[report.Case]:
    """With the names of the same half as the recordings."""
    names = HELD_OUT_NAMES if real.held_out else TUNING_NAMES
    paths = recordings(real.folder, real.held_out)
    transcriber = ClosedGrammar(names)
    found = false_names(paths, lambda sound: _names(sound, transcriber, names, vad, _Tally()), real.minutes * 60, skipped)
    half = "held out" if real.held_out else "tuning half"
    yield report.case(f"real speech, {half}", {"transcriber": transcriber.name}, found.metrics())


def _text_case(name: str, refused: Sequence[str], introduced: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Sentences as if they had been heard without a fault. `taken`: of those without an introduction, with the site's names or without."""
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
    return report.case(name, {"transcriber": transcriber.name, "limits_set_with_it": voice in TUNING_VOICES}, tally.metrics())


def _targets(held_out: Iterable[_Tally]) -> list[dict[str, Any]]:
    """False names are what must not happen; a name that is missed can be said again."""
    tallies = list(held_out)
    asked, sound_s = sum(one.asked for one in tallies), sum(one.sound_s for one in tallies)
    false = sum(one.false + one.wrong for one in tallies)
    return [
        report.at_most("false or wrong names, share", 0.02, round(false / asked, 4) if asked else None),
        report.at_most("real_time_factor", 1.0, round(sum(one.work_s for one in tallies) / sound_s, 3) if sound_s else None),
    ]


def _transcribers(whisper: Path | None, cases: list[dict[str, Any]]) -> list[Callable[[Sequence[str]], Transcriber]]:
    """Each made for the names of a site."""
    found: list[Callable[[Sequence[str]], Transcriber]] = [ClosedGrammar, PlainGrammar]
    if whisper is None:
        return found
    full = FasterWhisper(whisper)
    try:
        full.load_models()
    except EnvironmentFault as fault:
        cases.append(report.case(str(fault), {}, {"asked": 0}))
        return found
    return [*found, lambda names: full]


def _of_voice(voice: Voice, transcriber: Transcriber, names: Sequence[str], vad: Path) -> dict[str, _Tally]:
    """By kind of sentence."""
    tallies: dict[str, _Tally] = {}
    for each in sentences_of(names):
        tally = tallies.setdefault(each.kind, _Tally())
        tally.add(_names(spoken(voice, each.text), transcriber, names, vad, tally), each.name)
    return tallies


def _recordings(sounds: Sequence[tuple[Path, Any]], transcriber: Transcriber, vad: Path) -> _Tally:
    """Nobody introduces themselves in any of them."""
    tally = _Tally()
    for number, (path, sound) in enumerate(sounds, start=1):
        tally.add(_names(sound, transcriber, HELD_OUT_NAMES, vad, tally), "")
        step(f"recordings, {transcriber.name} ({path.name})", number, len(sounds))
    return tally


def _names(sound: Any, transcriber: Transcriber, names: Sequence[str], vad: Path, tally: _Tally) -> list[Found]:
    """Names that the product would take from this sound, known to the site or not as far as the transcriber tells."""
    transcriber.load_models()
    segmenter = Segmenter(VoiceActivity(vad))
    padded = np.concatenate([_QUIET, sound, _QUIET])
    began = time.process_time()
    heard = [transcriber.transcribe(one.samples) for one in [*segmenter.feed(padded, SECOND), *segmenter.flush()]]
    found = [(introduction(one.text, names), one.certain) for one in heard if one is not None]
    tally.work_s += time.process_time() - began
    tally.sound_s += len(padded) / RATE_HZ
    tally.heard += [one.text for one in heard if one is not None]
    return [(one.name, one.certain and certain) for one, certain in found if one is not None and one.known]
