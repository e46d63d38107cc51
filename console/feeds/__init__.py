"""What pages show, asked for and kept up to date."""
