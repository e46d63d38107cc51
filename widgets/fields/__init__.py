"""Fields and forms: what is typed and chosen."""
