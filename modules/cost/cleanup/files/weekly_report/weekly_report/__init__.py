"""What a week cost, by family and environment, against the week before it, and what could be saved."""
