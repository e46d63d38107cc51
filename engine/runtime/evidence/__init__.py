"""Making evidence packs out of the record, and checking them: the one workflow that needs every room."""
