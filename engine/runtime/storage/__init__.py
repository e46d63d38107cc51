"""Files of the record on the disk: clips, copies, the folders that are Watchroom's own, restore and upgrade."""
