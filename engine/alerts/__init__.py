"""Gates and decisions: which candidates become events, and which events become alerts.

- `gates`: gates of events, each a value against a threshold with its margin.
- `candidate`, `evidence`: a candidate alert and the log odds of its evidence, which add up.
- `rule_gates`: the gates of one alert rule in their order; `schedule` its hours; `memory` duplicates and shelved alerts.
- `judging`: the verdict; `flip`: the smallest change of the outcome, and the outcome without one source; `load`: alarm load (ISA-18.2).
- `life`: transitions of an alert's state by operators; `trial`: dry runs of changed rules.
- `rule_text`: rules as TOML, with the line of an error.
"""
