"""Devtools: how people get at an environment, without a machine of their own that holds its keys."""
