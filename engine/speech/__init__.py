"""Spoken names: voice activity (`voice`, `segments`), transcription, and whose name is said (`introduction`, `attribute`)."""
