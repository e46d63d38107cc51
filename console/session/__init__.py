"""Sign-out, locks and what is remembered."""
