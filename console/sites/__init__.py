"""Several sites on one console: which there are, whom their certificates are from, and who is signed in where."""
