"""The product sees the demo only through its pictures: nothing else may ask where the walkers are."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[4]
ALLOWED = frozenset({
    "DEMO_CAMERAS", "FPS", "WORLD_EPOCH_NS", "simulated_source", "world_time_s",  # cameras
    "SimulatedNodes", "demo_floor", "demo_nodes", "demo_people", "demo_phones", "demo_walkers",  # the demo's radio, nobody's place
    "FallScript", "staged_fall",  # what is commanded, not what happens
    "Stage", "StageHere", "StageProcess",  # where it is worked out
    "SimulatedTown",  # what its people report, by the door that all reports come in by
    "FleetPlan", "FleetSummary", "Scenario", "Space", "UpdateBehaviour", "UpdateFailure", "simulate_fleet",  # clients of a socket
    "RoomStep", "room_batches", "room_positions",  # the same for benches, which compare with the truth
})  # fmt: skip
MEASURING = frozenset({
    "Body", "CameraPlan", "Lens", "PhonePlan", "PhoneWaves", "REPORT_S", "ROOM_EPOCH_NS", "Room", "STEPS_S", "Surroundings",
})  # fmt: skip
"""What a bench takes besides, which measures against the truth and shows nothing of it to the engine but what sensors would."""
PACKAGE = "engine.sources.simulated"


def _imported(file: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of everything a file imports from the simulated package; name is empty for the module itself."""
    text = file.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "simulated" in text else ():  # to parse all of them takes seconds
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith(PACKAGE):
            yield from ((node.module, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module == "engine.sources":
            yield from ((PACKAGE, "") for alias in node.names if alias.name == "simulated")
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.startswith(PACKAGE))


def test_only_sources_and_settings_of_the_demo_are_used_outside() -> None:
    own = ROOT / "engine/sources/simulated"
    files = [
        file
        for top in ("engine", "console", "widgets", "benchmarks")
        for file in (ROOT / top).rglob("*.py")
        if not file.is_relative_to(own)
    ]
    assert len(files) > 30
    for file in files:
        measuring = MEASURING if file.is_relative_to(ROOT / "benchmarks") else frozenset[str]()
        for module, name in _imported(file):
            takes = f"{file.relative_to(ROOT)} takes {name or module}"
            assert name in ALLOWED | measuring, f"{takes}: the demo's truth is for its own tests only"
