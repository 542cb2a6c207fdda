# METADATA
# title: Functions run on a runtime that AWS still patches
# description: |
#   After its end of life a runtime gets no security fixes; later AWS refuses to create, then to update
#   functions on it. parameters/runtimes holds the days, from the data of cfn-lint.
# custom:
#   id: functions/supported_runtime
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 6.3.3"
#     - "SOC 2: CC7.1"
#   fix: |
#     Move to the newest runtime of the language.
#   avoid:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.9
#   prefer:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
package rules.functions.supported_runtime

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "functions/supported_runtime", "severity": "critical"}

deny contains finding.on(rule, function, concat("", ["runs on ", runtime, ", unsupported since ", last_day])) if {
	some function in plan.of("aws_lambda_function")
	runtime := plan.text(function, ["runtime"])
	last_day := data.parameters.runtimes.deprecated[runtime]
	last_day <= data.lib.settings.today
}

deny contains finding.on(rule, function, concat("", ["runs on ", runtime, ", which parameters/runtimes does not list"])) if {
	some function in plan.of("aws_lambda_function")
	runtime := plan.text(function, ["runtime"])
	runtime != ""
	not data.parameters.runtimes.deprecated[runtime]
}

unknown contains finding.on(rule, function, "says its runtime only at apply") if {
	some function in plan.of("aws_lambda_function")
	plan.undecided(function, ["runtime"])
}
