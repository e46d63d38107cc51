"""Whether a pack tells of a person who is to be erased: by their id or a name, in what it says or in what it can be run again from."""

import json
import tempfile
from pathlib import Path

from engine.history.replay.journal import JournalFolder
from engine.model.observation import FrameSeen, Tick
from engine.model.people.traces import Traces
from engine.model.radio.radio import CsiBatch
from engine.model.time import EVER_NS
from engine.model.wire import to_plain
from engine.recording.checkpoints import sound_states
from engine.recording.pack.opening import OpenPack, open_pack
from engine.runtime.evidence.raw import CHECKPOINTS, EXPECTED, JOURNAL

_OF_NOBODY = (CsiBatch, FrameSeen, Tick)


def tells_of(path: Path, traces: Traces) -> bool:
    """Raises InputError: it is no pack that can be read; EnvironmentFault."""
    with open_pack(path) as pack:
        texts = (name for name in pack.names if name == EXPECTED or (name.startswith("record/") and name.endswith(".json")))
        if any(_tells(pack.small(name).decode("utf-8", "replace"), traces) for name in texts):
            return True
        with tempfile.TemporaryDirectory(prefix="watchroom-evidence-") as folder:
            extract_raw(pack, Path(folder))
            return _raw_tells(Path(folder), traces)


def extract_raw(pack: OpenPack, folder: Path) -> None:
    """What a pack can be run again from, as files under `folder`. Raises InputError, OSError."""
    for part in (JOURNAL, CHECKPOINTS):
        (folder / part).mkdir(parents=True)
        for file in (each for each in pack.names if each.startswith(f"{part}/")):
            pack.extract(file, folder / part / Path(file).name)


def _raw_tells(folder: Path, traces: Traces) -> bool:
    states = (json.dumps(state, ensure_ascii=False) for _, state in sound_states(folder / CHECKPOINTS, EVER_NS))
    observed = (each.observation for each in JournalFolder(folder / JOURNAL).read_observations(0, EVER_NS))
    said = (json.dumps(to_plain(each), ensure_ascii=False) for each in observed if not isinstance(each, _OF_NOBODY))
    return any(_tells(text, traces) for text in states) or any(_tells(text, traces) for text in said)


def _tells(text: str, traces: Traces) -> bool:
    return traces.text(text) != text
