"""A project with modules and no environments."""
