"""The record again: replay through the same pipeline, and questions in plain language.

- Replay: `replay_journal` (a folder, read only), `replay_start` (choice of checkpoint), `replay_run`, `replay_scene`, `replay_player`,
  `replay_worker` (its process), `rerun` (from files alone), `replay_compare` and `difference` (two settings over one range).
- Questions: a grammar or Claude plans a `Query`, one query API runs it with the rights of the user, a checker verifies every
  sentence of the answer against the cited rows.
"""
