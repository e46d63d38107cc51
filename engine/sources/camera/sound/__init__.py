"""The sound of cameras."""
