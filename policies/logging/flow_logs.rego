# METADATA
# title: Every VPC has a flow log
# description: |
#   Flow logs say who talked to whom, also where the talk was refused: the only record of a network
#   after the fact.
# custom:
#   id: logging/flow_logs
#   severity: major
#   controls:
#     - "CIS AWS 3.0: 3.7"
#     - "PCI DSS 4.0: 10.2.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Add aws_flow_log with vpc_id and traffic_type ALL or REJECT, in the stack that makes the VPC.
#   avoid:
#     aws_vpc:
#       cidr_block: 10.0.0.0/16
#   prefer:
#     aws_vpc:
#       cidr_block: 10.0.0.0/16
#     aws_flow_log:
#       vpc_id: ${aws_vpc.example.id}
#       traffic_type: ALL
#       log_destination: arn:aws:s3:::prod-flow-logs
#       log_destination_type: s3
package rules.logging.flow_logs

import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "logging/flow_logs", "severity": "major"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/flow_log#argument-reference
deny contains finding.on(rule, vpc, "has no flow log") if {
	some vpc in plan.of("aws_vpc")
	count(logs(vpc)) == 0
	count(unnamed) == 0
}

deny contains finding.on(rule, log, concat("", ["records only traffic that is ", kind])) if {
	some log in plan.of("aws_flow_log")
	named(log)
	not plan.undecided(log, ["traffic_type"])
	kind := plan.text(log, ["traffic_type"])
	not kind in data.parameters.logging.flow_traffic
}

unknown contains finding.on(rule, vpc, "may have a flow log that names it only at apply") if {
	some vpc in plan.of("aws_vpc")
	count(logs(vpc)) == 0
	count(unnamed) > 0
}

unknown contains finding.on(rule, log, "says only at apply which traffic it records") if {
	some log in plan.of("aws_flow_log")
	plan.undecided(log, ["traffic_type"])
}

logs(vpc) := {log.address |
	some log in plan.of("aws_flow_log")
	same(log, vpc)
}

same(log, vpc) if vpc.address in links.referenced(log, ["vpc_id"], "aws_vpc")

same(log, vpc) if {
	id := plan.text(vpc, ["id"])
	id != ""
	plan.text(log, ["vpc_id"]) == id
}

# Of a VPC, not of an interface or a subnet: those may look at a part on purpose.
named(log) if plan.text(log, ["vpc_id"]) != ""

named(log) if plan.undecided(log, ["vpc_id"])

# Logs of a VPC that no reference in this plan tells.
unnamed contains log.address if {
	some log in plan.of("aws_flow_log")
	plan.undecided(log, ["vpc_id"])
	count(links.referenced(log, ["vpc_id"], "aws_vpc")) == 0
}
