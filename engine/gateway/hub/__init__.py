"""The hub: one record of what many sites told, and one gateway over all of them."""
