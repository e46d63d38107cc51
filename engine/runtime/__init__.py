"""Threads, clock, mailboxes and supervision around the pipeline."""
