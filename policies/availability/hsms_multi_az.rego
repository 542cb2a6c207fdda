# METADATA
# title: HSMs of production stand in more than one zone
# description: |
#   Keys of a cluster of CloudHSM are in its HSMs, and up to a day old in its backups: a zone that is lost takes the rest with
#   it. Its subnets are fixed for the cluster's life.
#   https://docs.aws.amazon.com/cloudhsm/latest/userguide/best-practices.html
# custom:
#   id: availability/hsms_multi_az
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fix: |
#     Give the cluster subnet_ids in two zones or more, and each zone an aws_cloudhsm_v2_hsm.
#   avoid:
#     aws_cloudhsm_v2_cluster:
#       hsm_type: hsm2m.medium
#       subnet_ids: [subnet-0a1b2c3d4e5f60001]
#   prefer:
#     aws_cloudhsm_v2_cluster:
#       hsm_type: hsm2m.medium
#       subnet_ids: [subnet-0a1b2c3d4e5f60001, subnet-0a1b2c3d4e5f60002]
package rules.availability.hsms_multi_az

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "availability/hsms_multi_az", "severity": "major"}

deny contains finding.on(rule, cluster, "can have HSMs in one zone only") if {
	data.lib.settings.production
	some cluster in plan.of("aws_cloudhsm_v2_cluster")
	not plan.undecided(cluster, ["subnet_ids"])
	count(plan.known(cluster, ["subnet_ids"], [])) < 2
}

unknown contains finding.on(rule, cluster, "says only at apply in which subnets it stands") if {
	data.lib.settings.production
	some cluster in plan.of("aws_cloudhsm_v2_cluster")
	plan.undecided(cluster, ["subnet_ids"])
}
