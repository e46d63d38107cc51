"""Radio sensing: CSI to motion, links to blobs, BLE to identities, and the reasons."""
