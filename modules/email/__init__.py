"""Email: the modules of the family."""
