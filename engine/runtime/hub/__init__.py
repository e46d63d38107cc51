"""A site as part of several: what it tells a hub of its record, and what it is told by one."""
