"""Times in words: dates, clocks, stretches, in the zone of the site."""
