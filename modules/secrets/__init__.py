"""Secrets: where they are kept, who reads them, and how they are renewed."""
