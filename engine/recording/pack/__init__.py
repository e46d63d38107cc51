"""Evidence packs: files with their digests, a manifest that lists them, a signature over it, and reading all that back with suspicion."""
