"""Immutable values and protocols that every package shares. Imports the standard library and numpy only.

- Inputs and results: `observation`, `detection`, `track`, `event`, `decision`, `alert`, `incident`, `clip`, `snapshot`.
- Configuration: `settings`, `alert_settings`, `site` (floor, nodes, people), `picture_zone`, `places` (all named places in one list).
- `setting`: the description of a setting (words, unit, limits, help), beside its field; checks, forms, OpenAPI and the manual read it.
- Border: `port` (EnginePort, EngineDoor), `command`, `question` and their modules by subject, `access` (verbs, roles), `repository`.
- `wire`: strict reading and writing of values as JSON and TOML; errors carry a dotted field. `errors`: InputError, EnvironmentFault.
- `time`: the only module of the engine that may read the wall clock.

Ids of events, decisions and tracks derive from observation numbers (`ids`), never from randomness.
"""
