"""Files of the record: observation journal, checkpoints, packet rings, clips, continuous video, pictures and evidence packs.

- `journal` over `chunks`: numbered observations in CRC-checked chunks; `journal_text`, `array_section` its format. The store writer syncs a
  batch here before it commits what came of it. CSI is nearly all of it, and the first to be shed.
- `checkpoints`: the pipeline's state every 60 s, plain JSON, versioned.
- `ring`, `cut`, `clip_file`, `clips`: packets of the last seconds, remuxed into clips; `clip_recovery` repairs part files after a crash.
- `segment_*`: continuous video. `thumbnails`, `playback`, `jpeg`, `footage*`: pictures of the past.
- `mosaic`, `hidden_parts`, `sightings`, `masked_clip`: copies in which faces or private areas are hidden.
- `pack`: evidence packs: files, manifest, signature, and reading packs as untrusted input.
"""
