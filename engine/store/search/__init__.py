"""Search: by words, by looks, by region."""
