"""Immutable values and protocols that every package shares. Imports the standard library and numpy only.

- `observation` (all inputs of the pipeline), `event`, `result`, `snapshot`: what goes in and what comes out.
- By subject: `accounts`, `cameras`, `people`, `radio`, `alerts`, `incidents`, `fire`, `risk`, `history`. A subject's `commands` and
  `settings` are in its package.
- Configuration: `settings`, `site` (floor, nodes), `places` (all named places in one list), `capability`. `setting`: the description of a
  setting (words, unit, limits, help), beside its field; checks, forms, OpenAPI and the manual read it.
- Border: `port` (EnginePort, EngineDoor), `command`, `question`, `repository`.
- `wire`: strict reading and writing of values as JSON and TOML; errors carry a dotted field. `errors`: InputError, EnvironmentFault.
- `time`: the only module of the engine that may read the wall clock.

Ids of events, decisions and tracks derive from observation numbers (`ids`), never from randomness.
"""
