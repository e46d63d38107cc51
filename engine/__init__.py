"""The processing engine: observations in, tracks, events and decisions out. No Qt anywhere below this package."""

__version__ = "0.1.0"
