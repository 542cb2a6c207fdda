# METADATA
# title: Databases of production stand in more than one zone
# description: |
#   A single-zone database is down for as long as its zone is, and for every maintenance.
# custom:
#   id: availability/database_multi_az
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fix: |
#     Set multi_az = true; a read replica and the members of a cluster need not.
#   avoid:
#     aws_db_instance:
#       identifier: prod-kong
#       multi_az: false
#   prefer:
#     aws_db_instance:
#       identifier: prod-kong
#       multi_az: true
package rules.availability.database_multi_az

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "availability/database_multi_az", "severity": "major"}

deny contains finding.on(rule, database, "stands in one zone") if {
	data.lib.settings.production
	some database in primaries
	not plan.undecided(database, ["multi_az"])
	plan.known(database, ["multi_az"], false) != true
}

unknown contains finding.on(rule, database, "says only at apply in how many zones it stands") if {
	data.lib.settings.production
	some database in primaries
	plan.undecided(database, ["multi_az"])
}

primaries contains database if {
	some database in plan.of("aws_db_instance")
	not plan.undecided(database, ["replicate_source_db"])
	plan.text(database, ["replicate_source_db"]) == ""
}
