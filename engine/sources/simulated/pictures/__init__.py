"""What simulated cameras see: rooms, people, light."""
