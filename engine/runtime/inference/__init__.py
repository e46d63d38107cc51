"""Which provider runs each model: tried once on this machine, in the background, and kept.

`trials.py`: asks a process of its own. `kept_trials.py`: what it said, on the disk. `inference_side.py`: when it is asked, and who is told.
"""
