# METADATA
# title: No secret value is in a function's or container's environment
# description: |
#   Environment variables are shown in consoles, in plans and in crash reports. They may name a secret;
#   the code reads it.
# custom:
#   id: secrets/no_secret_in_environment
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 8.3.2"
#     - "PCI DSS 4.0: 8.6.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Pass the secret's ARN or name, and read it at run time; in Kubernetes use
#     value_from.secret_key_ref.
#   avoid:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
#       environment:
#       - variables:
#           SLACK_TOKEN: not-a-real-one
#   prefer:
#     aws_lambda_function:
#       function_name: prod-cleanup
#       role: arn:aws:iam::111122223333:role/prod-cleanup
#       runtime: python3.13
#       environment:
#       - variables:
#           SLACK_TOKEN_ARN: arn:aws:secretsmanager:us-east-1:111122223333:secret:slack
package rules.secrets.no_secret_in_environment

import data.lib.finding
import data.lib.plan
import data.lib.secrets
import data.lib.value

import rego.v1

rule := {"id": "secrets/no_secret_in_environment", "severity": "blocker"}

deny contains finding.on(rule, function, concat("", ["holds a secret in ", name])) if {
	some function in plan.of("aws_lambda_function")
	some name, text in value.map(plan.known(function, ["environment", 0, "variables"], {}))
	regex.match(data.parameters.secrets.name_pattern, name)
	secrets.is_secret(name, text)
}

deny contains finding.on(rule, found.resource, concat("", ["holds a secret in ", name])) if {
	some found in data.lib.workloads.containers
	some variable in value.list(value.at(found.container, ["env"], []))
	name := value.text(value.at(variable, ["name"], ""))
	regex.match(data.parameters.secrets.name_pattern, name)
	secrets.is_secret(name, value.at(variable, ["value"], ""))
}

unknown contains finding.on(rule, function, "has an environment that is known only at apply") if {
	some function in plan.of("aws_lambda_function")
	plan.undecided(function, ["environment", 0, "variables"])
}

unknown contains finding.on(rule, function, concat("", ["says only at apply what is in ", name])) if {
	some function in plan.of("aws_lambda_function")
	some name, open in value.map(value.at(function.unknown, ["environment", 0, "variables"], {}))
	open == true
	regex.match(data.parameters.secrets.name_pattern, name)
}
