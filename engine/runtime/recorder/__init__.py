"""The record of a running engine: opened, recovered, asked."""
