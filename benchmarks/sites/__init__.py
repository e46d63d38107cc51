"""What a console of sites elsewhere costs, and how well it does."""
