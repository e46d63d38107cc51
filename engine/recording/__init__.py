"""What is kept: the observation journal, checkpoints, packet rings, event clips and thumbnails."""
