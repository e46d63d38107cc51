"""Live pictures, sound, events and people over HTTP and WebSocket."""
