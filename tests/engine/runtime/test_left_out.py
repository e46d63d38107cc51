"""An engine does without the capabilities that its settings leave out: nothing of them is imported, started or shown."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.model.capability import Capability
from engine.model.errors import InputError
from engine.model.settings import CapabilitySettings, Settings
from tests.conftest import ROOT

ROOMS = {
    "engine.incidents": Capability.INCIDENTS,
    "engine.runtime.incidents": Capability.INCIDENTS,
    "engine.runtime.atlas": Capability.INCIDENTS,
    "engine.risk": Capability.RISK,
    "engine.runtime.risk": Capability.RISK,
    "engine.fire": Capability.FIRE,
    "engine.runtime.fire": Capability.FIRE,
    "engine.runtime.smoke": Capability.FIRE,
    "engine.radio": Capability.RADIO,
    "engine.runtime.radio": Capability.RADIO,
    "engine.sources.node": Capability.RADIO,
    "engine.sources.ble": Capability.RADIO,
    "engine.speech": Capability.SPEECH,
    "engine.vision.gestures": Capability.GESTURES,
    "engine.runtime.gestures": Capability.GESTURES,
}
CODE = """
import json, sys, threading, time
from pathlib import Path
from engine.model.errors import LeftOut, NotFound
from engine.model.command import SetPairing
from engine.model.question import ExplainBlob
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor
from engine.vision.models import ModelStore

data = DataFolder(Path(sys.argv[1]))
with data.lock():
    engine = Engine(data, SystemClock(), ModelStore(data.path / "models"))
    engine.start()
    port = LocalDoor(engine).set_up("Site", "ada", "a long enough password")
    time.sleep(0.5)
    shown = port.snapshot()
    refused = []
    for ask in (lambda: port.command(SetPairing(True)), lambda: port.ask(ExplainBlob("bl-1"))):
        try:
            ask()
        except NotFound as error:
            refused += [str(error)] if isinstance(error, LeftOut) else []
    threads = sorted(thread.name for thread in threading.enumerate())
    engine.stop()
print(json.dumps({
    "modules": [name for name in sys.modules if name.startswith("engine.")], "threads": threads, "refused": refused,
    "number": shown.number, "left_out": list(shown.left_out), "troubles": [str(each) for each in shown.health.troubles],
}))
"""


def run(folder: Path, *left_out: Capability) -> dict[str, list[str]]:
    folder.mkdir(exist_ok=True)
    lines = "".join(f"{each.value} = false\n" for each in left_out)
    (folder / "settings.toml").write_text(f"[capabilities]\n{lines}" if lines else "", "utf-8")
    done = subprocess.run([sys.executable, "-c", CODE, str(folder)], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_without_any_of_them_nothing_of_them_is_imported_or_started(tmp_path: Path) -> None:
    told = run(tmp_path / "site", *Capability)
    assert [name for name in told["modules"] if name.startswith(tuple(f"{room}." for room in ROOMS)) or name in ROOMS] == []
    assert not {"atlas", "risk", "nightly", "fire", "smoke", "ble", "microphones", "looks"} & set(told["threads"])
    assert {"engine", "upkeep", "vitals"} <= set(told["threads"]) and int(told["number"]) > 2  # type: ignore[call-overload]
    assert sorted(told["left_out"]) == sorted(Capability) and any("radio sensing" in each for each in told["refused"])


@pytest.mark.parametrize("left_out", [{Capability.RADIO, Capability.GESTURES}, {Capability.SPEECH, Capability.RISK, Capability.FIRE}])
def test_of_the_others_all_is_there(left_out: set[Capability], tmp_path: Path) -> None:
    told = run(tmp_path / "site", *left_out)
    loaded = {room for room in ROOMS for name in told["modules"] if name == room or name.startswith(f"{room}.")}
    assert {ROOMS[room] for room in loaded} == set(Capability) - left_out


@pytest.mark.parametrize("capability", ["risk", "fire"])
def test_what_builds_on_incidents_cannot_stay_without_them(capability: str) -> None:
    others = {each: False for each in ("risk", "fire") if each != capability}
    with pytest.raises(InputError, match=f"capabilities.{capability}"):
        Settings(capabilities=CapabilitySettings(incidents=False, **others))
