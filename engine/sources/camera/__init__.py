"""Cameras: files, network streams, devices and folders behind one small protocol (`source`), each read by one thread (`capture`)."""
