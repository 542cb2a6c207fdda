"""Finds what an account pays for and nobody uses, tells of it, and deletes what its owners opted in for."""
