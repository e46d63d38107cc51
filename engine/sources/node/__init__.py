"""Wi-Fi CSI nodes: their wire protocol, sessions, provisioning and updates."""
