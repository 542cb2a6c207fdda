# METADATA
# title: Databases have no public address
# description: |
#   A public database is one leaked password away from everybody.
# custom:
#   id: exposure/database_private
#   severity: blocker
#   controls:
#     - "CIS AWS 3.0: 2.3.3"
#     - "PCI DSS 4.0: 1.4.4"
#     - "SOC 2: CC6.6"
#   fix: |
#     Set publicly_accessible = false.
#   avoid:
#     aws_db_instance:
#       identifier: prod-kong
#       publicly_accessible: true
#   prefer:
#     aws_db_instance:
#       identifier: prod-kong
#       publicly_accessible: false
package rules.exposure.database_private

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "exposure/database_private", "severity": "blocker"}

types := {"aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster"}

deny contains finding.on(rule, database, "has a public address") if {
	some type in types
	some database in plan.of(type)
	plan.known(database, ["publicly_accessible"], false) == true
}

unknown contains finding.on(rule, database, "says only at apply whether it has a public address") if {
	some type in types
	some database in plan.of(type)
	plan.undecided(database, ["publicly_accessible"])
}
