"""Qt views that draw the engine's immutable values. They import `engine.model` only.

Shared: `look` (theme, text size, motion, time zone: one value per process), `theme`, `translation`; `fields` (forms), `marks` (labels and
notices), `layout` (rows, tabs, `rows_model` and `rows_table` of every table). By subject: `wall`, `events`, `alerts`, `playback`,
`timeline`, `maps`, `incidents`, `people`, `gestures`, `devices`, `space` (the floor in 3D and as a plan), `drawing` (one editor of zones,
lines and masks), `chat`, `system`.
"""
