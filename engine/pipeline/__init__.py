"""The lanes in their order, as one synchronous, sans-IO step: `Pipeline.step(observation) -> StepResult`.

Whatever the pipeline has to know enters as an observation: it has no threads, clock, database or randomness, so that a replay of the
journal gives the same ids and values. A lane's state is in the checkpoint; a lane that fails costs its part of a step.

- `lane`: what every lane is. `lanes`: all of them, wired and in order. `output`: what one step says, which later lanes read.
- `cameras`: `people` (tracks, events), `motion`, `fault` (silence), `picture_zones`, `things` (vehicles, animals), `activities`.
- `radio` holds `nodes`, `presence`, `places`, `falls`, `phones`. `identities` holds `roster`, `faces`, `floor`, `voices`.
- `reports`: incidents, plumes and forecasts as events. `alerts`: events as alerts, over `candidates` and `book`.
"""
