"""What simulated nodes hear: paths of radio through rooms."""
