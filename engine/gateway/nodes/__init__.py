"""Sensor nodes: their socket, firmware, provisioning and discovery."""
