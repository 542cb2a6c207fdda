"""Gateway: the modules of the family."""
