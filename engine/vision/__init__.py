"""Computer vision: detection, tracking, faces, poses, gestures, appearance, smoke, and zones in a picture.

- `motion`; `detector` over `yolox`, `nanodet`, `hog`; `manifest`, `models`, `installer`, `download`: model files.
- `tracking`: multi-object tracking. `faces`: finding, embedding, gallery. `pose`, `gestures`, `activities`: bodies and behaviour.
- `looks`: re-identification. `scene_looks`: similarity of whole pictures. `smoke`, `smoke_veil`: the experimental smoke detector.
- `zones`: borders, lines and stays in a picture. `known_still`: stationary objects raise no repeated events.
"""
