"""Cameras: files, network streams, devices and folders behind one small protocol (`source`), each read by one thread (`capture`).
`backoff` says how long to wait before the next connection, to microphones too.

`find`: `probe` tests a camera; `discovery` (WS-Discovery) and `onvif` find cameras and their streams; `usb_list` names USB devices. `sound`
reads sound for listeners, over a connection of their own.
"""
