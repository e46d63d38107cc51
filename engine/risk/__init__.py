"""Risk of incidents by place and hour: the surface that reports raise, forecasts that are learnt, and how right they were.

Only place and time enter, never a person. Fire weather is another hazard and another room (`engine.fire`).
"""
