"""Following people from picture to picture: detections in, tracks out."""

from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.tracker import Tracker

__all__ = ["Tracker", "TrackerConfig"]
