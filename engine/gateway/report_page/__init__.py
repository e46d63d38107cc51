"""`/report`: the page on which people with a link report from their phones."""
