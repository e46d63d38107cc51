"""Radio sensing: links, blobs, and one track per person from all sensors."""
