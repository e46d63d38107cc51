"""Steering of cameras by ONVIF: PTZ, imaging, relay outputs, and the audio backchannel of RTSP."""
