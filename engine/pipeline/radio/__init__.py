"""The lane of radio and what it consists of."""
