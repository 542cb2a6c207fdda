"""Certificates: public ones from ACM, private ones from AWS Private CA, and cert-manager in the cluster."""
