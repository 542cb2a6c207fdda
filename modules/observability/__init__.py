"""Observability: where logs, traces and metrics are kept, and what keeps them."""
