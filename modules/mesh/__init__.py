"""Mesh: what leads requests into the cluster and from service to service, and what each side must prove."""
