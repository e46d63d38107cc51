"""The Atlas service: what leaves for it, how it is called, and what its answers are worth. It never sees who reported something."""
