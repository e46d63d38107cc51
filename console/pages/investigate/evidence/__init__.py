"""What an investigator keeps: bookmarks, locks, packs."""
