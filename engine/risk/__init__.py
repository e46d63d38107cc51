"""Risk of incidents by place and hour: the surface that reports raise, forecasts, and their scores.

Only place and time enter, never a person. Fire weather is another hazard and another package (`engine.fire`).

- `grid`: cells of equal area. `surface`: a base and decaying bumps, over `cell_rows`. `baseline`, `recent`: the plain base.
- `hotspots`, `area`, `neighbourhoods`: queries. `forecast` and `forecast_*`: the next 24 hours. `scoring`, `backtest`: hit rate, PAI, PEI*.
"""
