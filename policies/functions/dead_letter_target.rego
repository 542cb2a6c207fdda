# METADATA
# title: Functions keep the events that they could not work off
# description: |
#   An asynchronous event that fails three times is gone, without a trace, unless a dead-letter queue or
#   an on-failure destination takes it.
# custom:
#   id: functions/dead_letter_target
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.7.2"
#     - "SOC 2: A1.2"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set dead_letter_config.target_arn, or an aws_lambda_function_event_invoke_config with an
#     on_failure destination.
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
#       dead_letter_config:
#       - target_arn: arn:aws:sqs:us-east-1:111122223333:prod-cleanup-dead
package rules.functions.dead_letter_target

import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "functions/dead_letter_target", "severity": "major"}

target := ["dead_letter_config", 0, "target_arn"]

helper_type := "aws_lambda_function_event_invoke_config"

deny contains finding.on(rule, function, "loses the events that it fails to handle") if {
	some function in plan.of("aws_lambda_function")
	not set_or_unknown(function, target)
	links.missing(helper_type, function)
}

deny contains finding.on(rule, function, "loses the events that it fails to handle") if {
	some function in plan.of("aws_lambda_function")
	not set_or_unknown(function, target)
	some helper in links.of(helper_type, function)
	not set_or_unknown(helper, ["destination_config", 0, "on_failure", 0, "destination"])
}

unknown contains finding.on(rule, function, "may have a destination that names it only at apply") if {
	some function in plan.of("aws_lambda_function")
	not set_or_unknown(function, target)
	links.unclear(helper_type, function)
}

# An ARN that comes at apply is still a target: the block cannot be written without one.
set_or_unknown(resource, path) if plan.undecided(resource, path)

set_or_unknown(resource, path) if plan.text(resource, path) != ""
