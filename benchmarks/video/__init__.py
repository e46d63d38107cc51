"""Video: decoding, recording, seeking."""
