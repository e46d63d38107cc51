"""Names that people say: when somebody speaks (`voice`, `segments`), the words, and whose name they give (`introduction`, `attribute`)."""
