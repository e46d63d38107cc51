"""The rooms in their order, as one synchronous step."""
