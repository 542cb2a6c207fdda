# METADATA
# title: Function URLs ask who is calling
# description: |
#   A function URL without authorization is a public web service: whoever finds the address runs the
#   function, with its role, and pays with our account.
# custom:
#   id: exposure/function_url_authenticated
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 7.2.1"
#     - "PCI DSS 4.0: 1.4.4"
#     - "SOC 2: CC6.1"
#     - "SOC 2: CC6.6"
#   fix: |
#     Set authorization_type = "AWS_IAM", or put the function behind an API gateway or load balancer with
#     an authorizer.
#   avoid:
#     aws_lambda_function_url:
#       function_name: prod-rotation
#       authorization_type: NONE
#   prefer:
#     aws_lambda_function_url:
#       function_name: prod-rotation
#       authorization_type: AWS_IAM
package rules.exposure.function_url_authenticated

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "exposure/function_url_authenticated", "severity": "blocker"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lambda_function_url#argument-reference
deny contains finding.on(rule, url, "answers anybody") if {
	some url in plan.of("aws_lambda_function_url")
	not plan.undecided(url, ["authorization_type"])
	plan.text(url, ["authorization_type"]) != "AWS_IAM"
}

unknown contains finding.on(rule, url, "says only at apply whom it answers") if {
	some url in plan.of("aws_lambda_function_url")
	plan.undecided(url, ["authorization_type"])
}
