# METADATA
# title: Instances answer for their role only to who holds a token
# description: |
#   Without tokens, one request that a web service can be talked into making hands out the credentials
#   of the instance's role. Two hops are what a container on the instance needs; a pod with an identity
#   of its own needs none.
# custom:
#   id: compute/instance_metadata_v2
#   severity: critical
#   controls:
#     - "CIS AWS 3.0: 5.6"
#     - "PCI DSS 4.0: 2.2.6"
#     - "SOC 2: CC6.1"
#   fix: |
#     Add metadata_options with http_tokens = "required" and http_put_response_hop_limit 1 or 2.
#   avoid:
#     aws_launch_template:
#       name: prod-nodes
#       instance_type: m7i.large
#   prefer:
#     aws_launch_template:
#       name: prod-nodes
#       instance_type: m7i.large
#       metadata_options:
#       - http_tokens: required
#         http_put_response_hop_limit: 1
package rules.compute.instance_metadata_v2

import data.lib.finding
import data.lib.links
import data.lib.plan
import data.lib.switches
import data.lib.value

import rego.v1

rule := {"id": "compute/instance_metadata_v2", "severity": "critical"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/launch_template#metadata-options,
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html (what nobody wrote)
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.compute.metadata)
	not silent(found.resource)
	not templated(found.resource)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.compute.metadata)
	not silent(found.resource)
}

unknown contains finding.on(rule, instance, "takes its metadata options from a template that this plan does not show") if {
	some instance in plan.of("aws_instance")
	templated(instance)
	count(links.referenced(instance, ["launch_template", 0, "id"], "aws_launch_template")) == 0
	count(links.referenced(instance, ["launch_template", 0, "name"], "aws_launch_template")) == 0
	not plan.text(instance, ["launch_template", 0, "name"]) in shown
}

# The metadata service is off.
silent(resource) if plan.text(resource, ["metadata_options", 0, "http_endpoint"]) == "disabled"

# The template says it, and is judged itself.
templated(resource) if {
	count(value.list(plan.known(resource, ["launch_template"], []))) > 0
	count(value.list(plan.known(resource, ["metadata_options"], []))) == 0
}

shown contains name if {
	some template in plan.of("aws_launch_template")
	name := plan.text(template, ["name"])
	name != ""
}
