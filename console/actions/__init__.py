"""What a page has done to one thing: alerts, cameras, devices, incidents, people."""
