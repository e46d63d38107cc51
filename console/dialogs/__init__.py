"""Dialogs: sign-in and set-up before the window, cameras and users from within it."""
