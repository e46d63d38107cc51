"""Names that people say: where speech begins and ends (`voice`), what was said (`transcriber`), whose name it is (`introduction`, `attribute`)."""
