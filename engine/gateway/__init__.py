"""The HTTP and WebSocket border. No route reads the engine directly: each asks the port of its session.

Three faces: `/api/v1` for people and programs (`schemas`: ISO times, names, OpenAPI), `/api/v1/port` for remote consoles (the model's
values as tagged JSON), and `reference` with the names of the reference system. Nodes use `/ws/node` (`nodes`).

- `server` runs `gateway`: live pictures at once, and `app` with all routes, loaded meanwhile, over `description` (OpenAPI, built once).
  What `gateway` imports does without FastAPI and pydantic. `border`: who and what is let in (`guards`: host name, origin, size, rate;
  `lobby`: connection limits; `sessions`, `tokens`).
- Routes by subject: `alerts`, `incidents`, `nodes`, `risk` (with smoke), `history` (timeline, recordings, replay, evidence, chat), `live`.
- `remote`: the EnginePort of a console on another machine. If its engine cannot be reached, it shows the last snapshot with its cameras
  lost.
- `hub`: a hub as a process of its own (`watchroom hub run`): takes in what sites send, lets sites join, leads to their gateways.
"""
