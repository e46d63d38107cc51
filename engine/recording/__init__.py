"""Files of the record: observation journal, checkpoints, packet rings, clips, continuous video, pictures and evidence packs.

- `journal` over `chunks`: numbered observations in CRC-checked chunks; `journal_text`, `array_section` its format. The store writer syncs a
  batch here before it commits what came of it. CSI is nearly all of it, and the first to be shed.
- `checkpoints`: the pipeline's state every 60 s, plain JSON, versioned.
- `ring`: packets of the last seconds. `clips`: remuxed from them, repaired after a crash (`clip_recovery`), with faces or private areas
  hidden in copies (`mosaic`, `hidden_parts`, `masked_clip`).
- `segments`: continuous video. `footage`: pictures of the past, from both. `sightings`: where people were in them.
- `pack`: evidence packs: files, manifest, signature, and reading packs as untrusted input.
"""
