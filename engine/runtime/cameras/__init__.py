"""Cameras at work: capture, detectors, pictures for viewers, clips; and what of them nobody is shown."""
