# METADATA
# title: Databases of production leave a snapshot behind
# description: |
#   Without a final snapshot the last hours of data go with the database: automated backups end with it.
# custom:
#   id: protection/final_snapshot
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fix: |
#     Set skip_final_snapshot = false and final_snapshot_identifier.
#   avoid:
#     aws_rds_cluster:
#       cluster_identifier: prod-grafana
#       skip_final_snapshot: true
#   prefer:
#     aws_rds_cluster:
#       cluster_identifier: prod-grafana
#       skip_final_snapshot: false
#       final_snapshot_identifier: prod-grafana-final
package rules.protection.final_snapshot

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "protection/final_snapshot", "severity": "major"}

types := {"aws_db_instance", "aws_docdb_cluster", "aws_neptune_cluster", "aws_rds_cluster", "aws_redshift_cluster"}

deny contains finding.on(rule, resource, "is deleted without a final snapshot") if {
	data.lib.settings.production
	some type in types
	some resource in plan.of(type)
	plan.known(resource, ["skip_final_snapshot"], false) == true
	plan.text(resource, ["replicate_source_db"]) == ""
}

unknown contains finding.on(rule, resource, "says only at apply whether it leaves a final snapshot") if {
	data.lib.settings.production
	some type in types
	some resource in plan.of(type)
	plan.undecided(resource, ["skip_final_snapshot"])
}
