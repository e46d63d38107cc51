"""The record, asked again: timeline, replay, chat, evidence."""
