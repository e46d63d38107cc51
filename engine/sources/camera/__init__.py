"""Cameras: files, network streams, devices and folders behind one small protocol (`source`), each read by one thread (`capture`).

`probe` tests a camera; `discovery` (WS-Discovery) and `onvif` find cameras and their streams; `usb_list` names USB devices; `sound` and
`sound_reader` read sound for listeners, over a connection of their own.
"""
