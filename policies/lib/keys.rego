# METADATA
# description: Whether an attribute holds a customer managed KMS key.
package lib.keys

import data.lib.plan
import data.lib.value

import rego.v1

key_types := {"aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias"}

# One of: customer, aws, none, unknown. A key that nobody wrote is none: the provider then takes AWS's.
kind(resource, path) := "aws" if {
	of_aws(resource, path)
} else := "customer" if {
	plan.undecided(resource, path)
	made(resource, path)
} else := "unknown" if {
	plan.undecided(resource, path)
} else := "none" if {
	plan.text(resource, path) == ""
} else := "aws" if {
	contains(plan.text(resource, path), "alias/aws/")
} else := "customer"

# What is wrong with a kind; undefined where nothing is, or nobody can tell.
problem("aws") := "is encrypted with a key that AWS manages and shares"

problem("none") := "has no customer managed key"

# Every expression that may have made the value reads a key that will exist.
made(resource, path) if {
	count(plan.makers(resource, path)) > 0
	every maker in plan.makers(resource, path) {
		plan.reads_existing(resource, maker, key_types)
	}
}

# It reads a data source that looks up a key of AWS's by its alias: the ARN that it gives looks like any other.
of_aws(resource, path) if {
	some key in data.lib.keys.looked_up
	some origin in plan.origins(resource, path)
	[home, reference] := split(origin, "|")
	plan.joined(home, reference) == key
}

looked_up contains address if {
	some address, source in data.lib.plan.configured
	regex.match(`(^|\.)data\.aws_kms_(alias|key)\.`, address)
	some argument in ["name", "key_id"]
	contains(value.text(value.at(source, ["expressions", argument, "constant_value"], "")), "alias/aws/")
}
