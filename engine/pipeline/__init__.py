"""The lanes in their order, as one synchronous, sans-IO step: `Pipeline.step(observation) -> StepResult`.

Whatever the pipeline has to know enters as an observation: it has no threads, clock, database or randomness, so that a replay of the
journal gives the same ids and values. A lane's state is in the checkpoint; a lane that fails starts empty while the others go on.

- Per camera: `people` (tracks, events), `motion`, `fault` (silence), `picture_zones`, `things` (vehicles, animals), `activities`.
- `radio` holds `nodes`, `presence`, `places`, `falls`. The identities lane holds `roster`, `faces`, `floor`, `phones`.
- `incident_events`: incidents as events. `alerts`: events as alerts, over `candidates` and `alert_book`.
"""
