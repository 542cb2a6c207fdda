"""The cluster: what every other family finds in it."""
