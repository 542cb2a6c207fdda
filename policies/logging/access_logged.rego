# METADATA
# title: What faces clients logs every request
# description: |
#   Access logs answer who asked for what, and from where, when an account is abused. Load balancers,
#   APIs and distributions write none unless told. Lists of revoked certificates are public and signed;
#   nobody needs to know who reads them.
# custom:
#   id: logging/access_logged
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.2.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Add access_logs with a bucket and enabled = true to a load balancer, access_log_settings to an API's
#     stage, logging_config or a log delivery source to a distribution.
#   avoid:
#     aws_lb:
#       name: prod-gateway
#       load_balancer_type: application
#   prefer:
#     aws_lb:
#       name: prod-gateway
#       load_balancer_type: application
#       access_logs:
#       - bucket: prod-access-logs
#         enabled: true
package rules.logging.access_logged

import data.lib.finding
import data.lib.links
import data.lib.plan
import data.lib.revocation
import data.lib.value

import rego.v1

rule := {"id": "logging/access_logged", "severity": "major"}

# Network load balancers log TLS listeners only, and gateway load balancers nothing; nobody asked for a type means application.
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lb#load_balancer_type, https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/lb#access_logs
deny contains finding.on(rule, balancer, "does not log its requests") if {
	data.lib.settings.production
	some balancer in application_balancers
	not plan.undecided(balancer, ["access_logs", 0, "enabled"])
	plan.known(balancer, ["access_logs", 0, "enabled"], false) != true
}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/elb#access_logs
deny contains finding.on(rule, balancer, "does not log its requests") if {
	data.lib.settings.production
	some balancer in plan.of("aws_elb")
	not plan.undecided(balancer, ["access_logs"])
	count([logs |
		some logs in value.list(plan.known(balancer, ["access_logs"], []))
		value.at(logs, ["enabled"], true) == true
	]) == 0
}

deny contains finding.on(rule, stage, "does not log its requests") if {
	data.lib.settings.production
	some type in ["aws_api_gateway_stage", "aws_apigatewayv2_stage"]
	some stage in plan.of(type)
	not plan.undecided(stage, ["access_log_settings"])
	count(value.list(plan.known(stage, ["access_log_settings"], []))) == 0
}

deny contains finding.on(rule, distribution, "does not log its requests") if {
	data.lib.settings.production
	some distribution in silent_distributions
	count(unnamed) == 0
}

unknown contains finding.on(rule, balancer, "says only at apply whether it logs its requests") if {
	data.lib.settings.production
	some balancer in application_balancers
	plan.undecided(balancer, ["access_logs", 0, "enabled"])
}

unknown contains finding.on(rule, resource, "says only at apply whether it logs its requests") if {
	data.lib.settings.production
	some type, attribute in {
		"aws_elb": "access_logs",
		"aws_api_gateway_stage": "access_log_settings",
		"aws_apigatewayv2_stage": "access_log_settings",
	}
	some resource in plan.of(type)
	plan.undecided(resource, [attribute])
}

unknown contains finding.on(rule, distribution, "may have a log that names it only at apply") if {
	data.lib.settings.production
	some distribution in silent_distributions
	count(unnamed) > 0
}

application_balancers contains balancer if {
	some type in ["aws_lb", "aws_alb"]
	some balancer in plan.of(type)
	plan.known(balancer, ["load_balancer_type"], "application") == "application"
}

silent_distributions contains distribution if {
	some distribution in plan.of("aws_cloudfront_distribution")
	not revocation.serves(distribution)
	not plan.undecided(distribution, ["logging_config"])
	count(value.list(plan.known(distribution, ["logging_config"], []))) == 0
	count(sources(distribution)) == 0
}

# Logs of the second version are delivered by a source of their own.
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_log_delivery_source
sources(distribution) := {source.address |
	some source in plan.of("aws_cloudwatch_log_delivery_source")
	distribution.address in links.referenced(source, ["resource_arn"], "aws_cloudfront_distribution")
}

unnamed contains source.address if {
	some source in plan.of("aws_cloudwatch_log_delivery_source")
	plan.undecided(source, ["resource_arn"])
	count(links.referenced(source, ["resource_arn"], "aws_cloudfront_distribution")) == 0
}
