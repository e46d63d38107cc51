"""The shared record of a hub, in PostgreSQL with PostGIS: what all sites told of theirs, under ids that begin with the site's key.

Its tables have the names and columns of a site's record, so that the same questions are asked of both.
"""
