"""Any number of engines behind one port: `FederatedPort`, for consoles over several sites.

`ids` how an id carries its site, `id_fields` which fields of the model hold ids, `rewriting` values with other ids in them; `calls` work
beside each other with a deadline, `member` one site and its newest snapshot, `merging` snapshots as one, `routing` what becomes of each
question and command, `answers` answers as one, `pages` pages over sites, `alike` people who look alike, `port` the port itself.

A site speaks for itself only: whatever it claims, its ids come out below its own key, and what it sends too much or too late of is its
own loss (decision 300).
"""
