"""Buys a savings plan that somebody approved."""
