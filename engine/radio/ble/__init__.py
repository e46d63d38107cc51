"""Where phones are, and which blob belongs to whom: Bluetooth advertisements heard by scanners with a known place."""
