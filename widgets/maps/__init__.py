"""Maps of incidents and of risk, and what lies on them."""
