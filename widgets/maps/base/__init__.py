"""The base map: what lies under everything else. Coast lines, borders and towns that are always there; tiles of a file or a service."""
