"""The demo site: one simulated world that feeds every kind of sensor. What it shows is found by the engine's ordinary means."""

from engine.sources.simulated.batches import RoomStep, room_batches, room_positions
from engine.sources.simulated.camera import SimulatedCamera, VisibleWalker
from engine.sources.simulated.falls import Fall
from engine.sources.simulated.plan import DEMO, FloorPlan, load_plan
from engine.sources.simulated.source import DEMO_CAMERAS, FPS, WORLD_EPOCH_NS, simulated_source, world_time_s
from engine.sources.simulated.world import WalkerPose, World

__all__ = [
    "DEMO",
    "DEMO_CAMERAS",
    "FPS",
    "WORLD_EPOCH_NS",
    "Fall",
    "FloorPlan",
    "RoomStep",
    "SimulatedCamera",
    "VisibleWalker",
    "WalkerPose",
    "World",
    "load_plan",
    "room_batches",
    "room_positions",
    "simulated_source",
    "world_time_s",
]
