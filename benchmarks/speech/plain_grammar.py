"""What anybody would write first: PocketSphinx with a grammar of the forms and the names of the site, and nothing that says no."""

import importlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.speech.transcriber import Transcript
from engine.speech.voice import Samples

_FORMS = "[hello | hi | hey | good morning] (my name is | i'm | i am | call me) <name> | this is <name> speaking | <name> here"


class PlainGrammar:
    """Names that the dictionary does not have are left out."""

    name = "plain grammar"

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._decoder: Any = None

    def load_models(self) -> None:
        if self._decoder is not None:
            return
        library = importlib.import_module("pocketsphinx")
        decoder = library.Decoder(library.Config(lm=None, loglevel="FATAL"))
        sayable = [name.lower() for name in self._names if decoder.lookup_word(name.lower())]
        decoder.add_jsgf_string("plain", f"#JSGF V1.0;\ngrammar plain;\n<name> = {' | '.join(sayable)};\npublic <said> = {_FORMS};\n")
        decoder.activate_search("plain")
        self._decoder = decoder

    def transcribe(self, samples: Samples) -> Transcript | None:
        self.load_models()
        self._decoder.start_utt()
        self._decoder.process_raw((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes(), False, True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return None if found is None or not found.hypstr else Transcript(re.sub(r"\(\d+\)", "", found.hypstr), 1.0)
