"""Fire weather by day and place, smoke sequences, plumes seen by several cameras, and their location.

`fwi` is the Canadian Fire Weather Index over arrays; `season` carries its codes from day to day; `weather_csv`, `weather_service` and
`service` read noon weather and an external risk service through a fetch function that the runtime passes in. Manual: the page *Fire
weather and smoke*.
"""
