"""Pure rules from reports to incidents, and the client of the external classifier Atlas.

- `correlation`: the incident that a report joins; `likeness`: similarity of pictures; `merging`, `editing`: merge, split, operator values.
- `categories`: conflicts of categories; `weighing`: severity, confidence, status; `classification`, `local_classifier`: key words.
- `reading`: import of CSV and GeoJSON; `reporters`: salted hashes of devices.
- `atlas`: the client in its two contracts, circuit breaker, cache, checks of media, masking of personal data.
"""
