"""Reports and incidents over HTTP."""
