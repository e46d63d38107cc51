"""Who is there: lists, cards, and why somebody is taken for somebody."""
