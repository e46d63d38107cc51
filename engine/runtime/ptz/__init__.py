"""PTZ cameras: who steers which, the deadman, presets, tours, the way home, outputs and two-way talk.

One thread, `ptz`, runs an asyncio loop with one task a camera (`head.py`). Commands come on any thread.
"""
