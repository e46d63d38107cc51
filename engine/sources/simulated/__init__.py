"""The demo site: one simulated world that feeds every kind of sensor. What it shows is found by the engine's ordinary means."""

from engine.sources.simulated.camera import SimulatedCamera, VisibleWalker
from engine.sources.simulated.demo import demo_floor, demo_nodes, demo_people, demo_phones, demo_walkers
from engine.sources.simulated.falls import Fall, FallScript
from engine.sources.simulated.nodes.nodes import SimulatedNodes
from engine.sources.simulated.plan import DEMO, FloorPlan, load_plan
from engine.sources.simulated.source import DEMO_CAMERAS, FPS, WORLD_EPOCH_NS, simulated_source, world_time_s
from engine.sources.simulated.stage import Stage, StageHere
from engine.sources.simulated.stage_process import StageProcess
from engine.sources.simulated.staging import staged_fall
from engine.sources.simulated.town.town import SimulatedTown
from engine.sources.simulated.waves.batches import RoomStep, room_batches, room_positions
from engine.sources.simulated.world import WalkerPose, World

__all__ = [
    "DEMO",
    "DEMO_CAMERAS",
    "FPS",
    "WORLD_EPOCH_NS",
    "Fall",
    "FallScript",
    "FloorPlan",
    "RoomStep",
    "SimulatedCamera",
    "SimulatedNodes",
    "SimulatedTown",
    "Stage",
    "StageHere",
    "StageProcess",
    "VisibleWalker",
    "WalkerPose",
    "World",
    "demo_floor",
    "demo_nodes",
    "demo_people",
    "demo_phones",
    "demo_walkers",
    "load_plan",
    "room_batches",
    "room_positions",
    "simulated_source",
    "staged_fall",
    "world_time_s",
]
