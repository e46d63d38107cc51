"""The HTTP and WebSocket border."""
