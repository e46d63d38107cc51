"""The port of an engine elsewhere, over HTTP."""
