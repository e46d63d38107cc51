"""Pictures of cameras and what is found in them: frames, detections, tracks, clips, zones."""
