"""Threads, clock, mailboxes and supervision around the pipeline. `side`: what every side of the engine is; `sides` makes them,
`engine` loops over them. Each has a package. No package depends on itself by way of others: what an operation needs of the engine is a
protocol in its own module (`RiskHost`), which the engine fits; what several sides need stands below them (`storage`, `outbound`, `secrets`,
`hosts`). `catalogue`, `local` and `engine` stand above.

Threads:

- `engine`: `core.Core.run` numbers observations, steps the pipeline, makes ten ticks a second, drains nodes and Bluetooth before each.
- `capture-<camera>`: reads, decodes, burns in privacy areas, detects motion, scales pictures. `infer-<n>`: person detection.
- `store-writer`: journal, then database, in batches every 0.25 s, or at once when a command waits; checkpoints.
- `recording` (clips), `segments` (continuous video), `recordings` (its recovery and clean-up), `thumbnails`.
- `upkeep`, `backups`, `renewal`: retention, backups, restart after damage. `vitals`: figures once a second.
- `network`: one asyncio loop for the gateway and mDNS. `outbox`, `atlas`: one asyncio loop each for messages and Atlas.
- `hub`: while the site belongs to a hub, one asyncio loop for the connection to it; otherwise it looks for a membership once a second.
  (A hub itself is another process: `hub`, one loop for NATS and the tunnels, and `network` for its HTTP. So is a spare: `lease-<site>`, one
  loop for the lease of each site, beside the threads of an engine for each.)
- `risk`, `nightly`, `fire`, `smoke`, `looks`: risk map, forecast, fire weather, smoke watch, similarity of report pictures.
- `closer`, `microphones`, `microphone-of-<camera>`, `ble`: detail analysis, voices, listening, the Bluetooth adapter.
- `radio-sim`, `town`: demo site only. `job-<n>`: one per job.

Observations go through the mailbox: beyond 2,000 waiting, further `FrameSeen` are shed, nothing else. CSI bypasses it; the node hub's
collector thins it by stated levels. Pictures go through one slot per viewer: newest wins, drops are counted. A thread whose body raises is
logged once, shown on *System* and restarted (`supervisor`). While the record cannot be read, sessions stay valid until they expire.
"""
