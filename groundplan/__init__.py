"""groundplan: Terraform modules in typed Python, planned by the real Terraform core, judged by Rego."""

from groundplan.bindings import install

# Before anything imports cdktf or its provider bindings: from then on only what is used is loaded.
install()
