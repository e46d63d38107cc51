"""Microphones: sound devices of this machine (`device`) and the sound of cameras (`stream`), each read by one thread (`capture`)."""
