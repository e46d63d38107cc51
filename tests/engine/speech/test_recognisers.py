"""The two recognisers: the embedded one on a real voice, faster-whisper with a fake library and a real server of model files."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.speech.closed_grammar import ClosedGrammar, _name_place, _Stretch, _with_noise
from engine.speech.faster_whisper import FILES, FasterWhisper, gather
from engine.speech.introduction import introduction
from engine.vision.download import Downloader
from engine.vision.manifest import Manifest, built_in_manifest
from engine.vision.models import ModelStore
from tests.engine.speech.sounds import recording
from tests.engine.vision.file_server import Shop, serving

SECOND_OF_SOUND = np.zeros(16_000, np.float32)


@pytest.fixture(scope="module")
def grammar() -> ClosedGrammar:
    grammar = ClosedGrammar(["Sarah", "John", "Zoë Müller", "Xyzzyq", "Наташа"])
    grammar.load_models()
    return grammar


def test_names_without_a_pronunciation_are_told(grammar: ClosedGrammar) -> None:
    assert grammar.silent_names == ("Наташа",)


def test_nothing_to_hear_is_said() -> None:
    for names in ([], ["Наташа"], ["1234"]):
        with pytest.raises(EnvironmentFault, match="Name people first") as raised:
            ClosedGrammar(names).load_models()
        assert raised.value.reason == "no_names"


def test_names_are_only_words_of_the_grammar() -> None:
    """A name cannot write rules."""
    grammar = ClosedGrammar(["John | <NULL>; public <x> = anna", "Sarah"])
    grammar.load_models()
    assert grammar.transcribe(SECOND_OF_SOUND) is None


def test_silence_noise_and_other_speech_give_no_name(grammar: ClosedGrammar, shared: Path) -> None:
    noise = np.random.default_rng(5).normal(0, 0.05, 16_000).astype(np.float32)
    told, _ = recording(shared / "data/speech/deepspeech/arctic_a0024.wav")
    for sound in (SECOND_OF_SOUND, noise, np.zeros(0, np.float32), told):
        heard = grammar.transcribe(sound)
        assert heard is None or introduction(heard.text, ("Sarah", "John")) is None


def test_the_same_sound_gives_the_same_answer(grammar: ClosedGrammar, shared: Path) -> None:
    told, _ = recording(shared / "data/speech/deepspeech/LDC93S1.wav")
    assert grammar.fit(told) == grammar.fit(told)


@pytest.mark.parametrize(
    ("heard", "place"),
    [
        ("my name is yuki", (3, 4)),
        ("hello my name is yuki", (4, 5)),
        ("hi there i'm yuki nice to meet you", (3, 4)),
        ("good morning this is anna meyer speaking", (4, 6)),
        ("hello yuki here", (1, 2)),
        ("yuki here", (0, 1)),
    ],
)
def test_the_name_stands_between_a_greeting_with_its_form_and_what_follows(heard: str, place: tuple[int, int]) -> None:
    assert _name_place(heard.split()) == place


@pytest.fixture
def model_files(tmp_path: Path) -> Iterator[ModelStore]:
    """The four files of the manifest, from a server, with other bytes and their digests."""
    specs = [spec for spec in built_in_manifest().models if spec.role == "transcriber"]
    with ExitStack() as stack:
        offered = []
        for spec in specs:
            content = f"made-up {spec.id}".encode() * 100
            shop = stack.enter_context(serving(Shop(content)))
            offered.append(replace(spec, url=shop.url, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content)))
        yield ModelStore(tmp_path / "models", Manifest(tuple(offered)), Downloader(timeout_s=60.0, pause=lambda *_: None))


class FakeLibrary:
    """As much of faster_whisper as is used; remembers how."""

    def __init__(self, segments: list[Any]) -> None:
        self.segments = segments
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[dict[str, Any]] = []

    def WhisperModel(self, folder: str, **options: Any) -> "FakeLibrary":
        assert {path.name for path in Path(folder).iterdir()} == set(FILES)
        self.made.append((folder, options))
        return self

    def transcribe(self, samples: Any, **options: Any) -> tuple[Iterator[Any], None]:
        self.asked.append(options)
        return iter(self.segments), None


def segment(text: str, no_speech: float = 0.1, logprob: float = -0.2) -> Any:
    return SimpleNamespace(text=text, no_speech_prob=no_speech, avg_logprob=logprob)


def installed(store: ModelStore) -> dict[str, Path]:
    return {found.spec.adapter: found.path for spec in store.manifest.models if (found := store.installed(spec.id)) is not None}


def test_from_the_manifest_over_the_network_to_a_name(model_files: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = FakeLibrary([segment(" Hello, I'm Zebediah."), segment(" Thanks for watching!", no_speech=0.9)])
    monkeypatch.setitem(sys.modules, "faster_whisper", library)  # type: ignore[arg-type]
    assert model_files.install(()) == ()  # not without being asked
    model_files.install(tuple(spec.id for spec in model_files.manifest.models))
    whisper = FasterWhisper(gather(installed(model_files), tmp_path / "whisper"))
    heard = whisper.transcribe(SECOND_OF_SOUND)
    assert heard is not None and heard.text == "Hello, I'm Zebediah."
    assert heard.confidence == pytest.approx(np.exp(-0.2))
    found = introduction(heard.text)
    assert found is not None and found.name == "Zebediah"
    whisper.transcribe(SECOND_OF_SOUND)
    assert len(library.made) == 1 and library.made[0][1]["local_files_only"] is True
    gather(installed(model_files), tmp_path / "whisper")  # again does no harm


def test_what_whisper_makes_up_in_silence_is_nothing(model_files: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", FakeLibrary([segment("I'm John.", no_speech=0.8), segment("  ")]))  # type: ignore[arg-type]
    model_files.install(tuple(spec.id for spec in model_files.manifest.models))
    assert FasterWhisper(gather(installed(model_files), tmp_path / "whisper")).transcribe(SECOND_OF_SOUND) is None


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EnvironmentFault, match="watchroom models install") as raised:
        FasterWhisper(tmp_path).load_models()
    assert raised.value.reason == "model_missing"
    with pytest.raises(EnvironmentFault, match="vocabulary"):
        gather({name: tmp_path / name for name in FILES[:3]}, tmp_path / "whisper")
    for name in FILES:
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(EnvironmentFault, match=r"watchroom\[whisper\]") as raised:
        FasterWhisper(tmp_path).load_models()
    assert raised.value.reason == "missing_package"


def test_a_broken_model_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def WhisperModel(self, folder: str, **options: Any) -> None:
            raise RuntimeError("File model.bin is incomplete")

    for name in FILES:
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "faster_whisper", Broken())  # type: ignore[arg-type]
    with pytest.raises(EnvironmentFault, match="Install it again") as raised:
        FasterWhisper(tmp_path).load_models()
    assert raised.value.reason == "model_damaged"


def said(*words: tuple[str, float], frames: int = 40) -> list[Any]:
    """So many frames a word, of this score in each."""
    return [_Stretch(word, frames * n, frames * n + frames - 1, frames * score) for n, (word, score) in enumerate(words)]


class Scripted(ClosedGrammar):
    """Searches give what they are told; free sounds score 0 in every frame."""

    def __init__(self, found: dict[str, list[Any]]) -> None:
        super().__init__(["Bob"])
        self._found = {"sounds": said(("SIL", 0.0), ("SIL", 0.0), ("SIL", 0.0)), **found}

    def load_models(self) -> None:
        pass

    def _search(self, which: str, sound: Any) -> list[Any]:
        return self._found[which]


@pytest.mark.parametrize(
    ("wide", "known", "heard"),
    [
        ((("call", -1), ("me", -1), ("god", -0.6)), (("call", -1), ("me", -1), ("bob", -1.5)), "call me Bob"),
        ((("call", -1), ("me", -1), ("god", -0.5)), (("call", -1), ("me", -1), ("bob", -1.9)), None),
        ((("god", -0.5), ("here", -1)), (("i'm", -0.4), ("bob", -0.4)), None),
        ((("call", -1), ("me", -1), ("bob", -0.5)), (("call", -1), ("me", -1), ("bob", -0.5)), "call me Bob"),
        ((), (("call", -1), ("me", -1), ("bob", -0.5)), None),
    ],
    ids=["a little behind", "far behind", "other words", "heard at once", "nothing heard among competitors"],
)
def test_a_name_of_the_site_wins_over_a_competitor_only_where_it_fits_nearly_as_well(wide: Any, known: Any, heard: str | None) -> None:
    grammar = Scripted({"introductions": said(*wide), "known": said(*known)})
    found = grammar.transcribe(SECOND_OF_SOUND)
    assert (found.text if found is not None else None) == heard
    assert found is None or found.certain


@pytest.mark.parametrize(
    ("rival", "certain"), [((-1, -0.4), True), ((-1, -0.2), False), ((-0.3, -1.4), False)], ids=["near", "its name fits", "its words fit"]
)
def test_a_name_whose_competitor_fits_clearly_better_is_a_question(rival: tuple[float, float], certain: bool) -> None:
    known = said(("call", -1), ("me", -1), ("bob", -1.3))
    wide = said(("call", rival[0]), ("me", rival[0]), ("god", rival[1]))
    found = Scripted({"introductions": wide, "known": known}).transcribe(SECOND_OF_SOUND)
    assert found is not None and found.text == "call me Bob" and found.certain is certain


@pytest.mark.parametrize("known", [(), (("call", -1), ("me", -1), ("bob", -3.5)), (("call", -3.5), ("me", -3.5), ("bob", -0.5))])
def test_competitors_are_not_looked_at_where_no_name_could_be_heard(known: Any) -> None:
    assert Scripted({"known": said(*known)}).transcribe(SECOND_OF_SOUND) is None, "a search for competitors would raise KeyError"


@pytest.mark.parametrize(
    ("before", "name", "certain"),
    [(-0.5, -1.9, True), (-0.5, -2.5, False), (-1.7, -2.5, None), (-2.1, -0.5, False)],
    ids=["fits", "clear words before a doubtful name", "neither is clear", "doubtful words before a clear name"],
)
def test_a_name_is_a_question_where_it_or_the_words_before_are_doubtful(before: float, name: float, certain: bool | None) -> None:
    words = said(("call", before), ("me", before), ("bob", name))
    found = Scripted({"introductions": words, "known": words}).transcribe(SECOND_OF_SOUND)
    assert (found.certain if found is not None else None) is certain


@pytest.mark.parametrize(("fit", "certain"), [(-0.7, None), (0.0, False), (0.8, True)])
def test_the_fewer_sounds_the_better_they_must_fit(fit: float, certain: bool | None) -> None:
    """After a long "my name is" each of these fits is a fact."""
    for weak in (("i'm", "bob"), ("bob", "here")):
        short = said(*((word, fit) for word in weak), frames=32)
        heard = Scripted({"introductions": short, "known": short}).transcribe(SECOND_OF_SOUND)
        assert (heard.certain if heard is not None else None) is certain
    long = said(("my", fit), ("name", fit), ("is", fit), ("bob", fit), frames=32)
    heard = Scripted({"introductions": long, "known": long}).transcribe(np.zeros(32_000, np.float32))
    assert heard is not None and heard.certain


def test_noise_lies_beneath_what_was_said_and_is_the_same_each_time() -> None:
    quiet, loud = _with_noise(SECOND_OF_SOUND), _with_noise(np.full(16_000, 0.5, np.float32))
    middle = loud[8_000:12_000].astype(float)
    assert np.abs(quiet).max() <= 3 and 300 < middle.std() < 700  # 30 dB below 16,000
    assert (_with_noise(SECOND_OF_SOUND) == quiet).all() and not len(_with_noise(SECOND_OF_SOUND[:0])) % 2
