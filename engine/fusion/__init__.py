"""Multi-sensor tracking on the floor: one track per person, and the identity of each.

`projection` maps boxes to the floor with their covariance, `tracker` associates the sightings of all sensors, `identity` adds up the
log-likelihood ratios of names, `conflicts` finds contradictions, `floor` combines them.
"""
