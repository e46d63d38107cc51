"""What is told of the record to a hub: the transactional outbox of a site, filled by triggers."""
