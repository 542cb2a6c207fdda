# METADATA
# description: Whether an attribute holds a customer managed KMS key.
package lib.keys

import data.lib.plan

import rego.v1

key_types := {"aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias"}

# One of: customer, aws, none, unknown.
kind(resource, path) := "customer" if {
	plan.unknown_at(resource, path)
	plan.comes_from(resource, path, key_types)
} else := "unknown" if {
	plan.unknown_at(resource, path)
} else := "none" if {
	plan.text(resource, path) == ""
} else := "aws" if {
	contains(plan.text(resource, path), "alias/aws/")
} else := "customer"

problem("aws") := "is encrypted with a key that AWS manages and shares"

problem("none") := "has no customer managed key"
