"""Evidence: cases, packs, locks, bookmarks."""
