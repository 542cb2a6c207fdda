# METADATA
# title: Functions are traced
# description: |
#   Without a trace a slow or failing call ends at the function's border.
# custom:
#   id: functions/tracing
#   severity: minor
#   controls:
#     - "PCI DSS 4.0: 10.2.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set tracing_config.mode = Active.
#   avoid:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
#   prefer:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
#       tracing_config:
#       - mode: Active
package rules.functions.tracing

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "functions/tracing", "severity": "minor"}

mode := ["tracing_config", 0, "mode"]

deny contains finding.on(rule, function, "is not traced") if {
	some function in plan.of("aws_lambda_function")
	not plan.undecided(function, mode)
	plan.text(function, mode) != "Active"
}

unknown contains finding.on(rule, function, "says only at apply whether it is traced") if {
	some function in plan.of("aws_lambda_function")
	plan.undecided(function, mode)
}
