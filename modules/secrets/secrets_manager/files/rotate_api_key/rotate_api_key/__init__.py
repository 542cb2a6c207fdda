"""Rotates a third party's API key in Secrets Manager, where the third party offers HTTPS endpoints for it."""
