"""The machine's own Bluetooth adapter, and addresses that rotate."""
