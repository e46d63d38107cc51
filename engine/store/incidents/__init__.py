"""Tables and queries of incidents and reports."""
