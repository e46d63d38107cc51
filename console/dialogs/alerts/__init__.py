"""Rules of alerts, their modes, and what an operator does with one."""
