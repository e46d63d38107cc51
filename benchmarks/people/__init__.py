"""People found again, and followed from camera to camera."""
