"""Who may come in, and what each session may ask, do and see."""
