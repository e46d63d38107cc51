"""Tools of the source checkout; none of them is installed."""
