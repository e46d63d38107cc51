"""Radio sensing: CSI to link features, fusion to blobs, phones to positions, and the explanations of all of them.

- `links` (`features.LinkBank`): CSI of every directed path to amplitudes freed of gain control, noise, baseline and fluctuation.
- `location` (`fusion.BlobFusion`): log-likelihood ratios per link (`likelihood`, by a law learned at the site, `law`), a particle cloud per
  person (`tracker`, `cloud`), search for new people (`search`), peaks and weights.
- `explain`: the contributions that sum to a blob's fused value. `coverage`: expected accuracy of node positions.
- `zones`, `portals`: zones and doors of the floor. `falls`: falls by height or by impact. `links.motion_score`: motion of one recording.
- `ble`: positions of phones (`locator`), names of blobs (`identity`, `belief`), `fingerprints`.
"""
