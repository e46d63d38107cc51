"""Dialogs about several sites."""
