"""The page on which people report from their phones: its links, and the reports that come over it."""
