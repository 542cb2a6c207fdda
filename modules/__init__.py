"""What can be built: one folder a service family, one package a Terraform module."""

# First, since it prepares the bindings that every module imports.
import groundplan as groundplan
