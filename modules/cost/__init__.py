"""Costs: limits and who is told of them, waste that is found and cleaned up, savings that somebody approves."""
