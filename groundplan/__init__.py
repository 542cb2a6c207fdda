"""Typed Python that becomes Terraform modules, plans by the real Terraform core, and verdicts by Rego."""
