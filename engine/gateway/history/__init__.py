"""The record over HTTP: timeline, recordings, replay, evidence, chat."""
