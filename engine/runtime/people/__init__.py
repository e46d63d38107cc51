"""Who is known: learning, keeping, erasing."""
