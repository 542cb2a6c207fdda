# METADATA
# title: Lambda environment variables are encrypted with a customer managed key
# description: |
#   Without a key of its own a function's environment is readable to everyone who may read the
#   function's configuration.
# custom:
#   id: encryption/function_environment_key
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 3.5.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Set kms_key_arn on the function.
#   avoid:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       environment:
#       - variables:
#           REPORT_BUCKET: prod-reports
#   prefer:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       kms_key_arn: arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000
#       environment:
#       - variables:
#           REPORT_BUCKET: prod-reports
package rules.encryption.function_environment_key

import data.lib.finding
import data.lib.keys
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "encryption/function_environment_key", "severity": "major"}

deny contains finding.on(rule, function, problem) if {
	some function in with_environment
	problem := keys.problem(keys.kind(function, ["kms_key_arn"]))
}

unknown contains finding.on(rule, function, "gets its key only at apply") if {
	some function in with_environment
	keys.kind(function, ["kms_key_arn"]) == "unknown"
}

with_environment contains function if {
	some function in plan.of("aws_lambda_function")
	count(value.list(plan.known(function, ["environment"], []))) > 0
}

with_environment contains function if {
	some function in plan.of("aws_lambda_function")
	plan.partly_unknown(function, ["environment"])
}
