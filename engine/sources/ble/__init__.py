"""Bluetooth advertisements: the machine's own adapter, which device an address belongs to, and what has been heard."""
