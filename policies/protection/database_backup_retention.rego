# METADATA
# title: Databases keep their automated backups long enough
# description: |
#   A mistake is often found days after it was made, and only an older backup can undo it. Where nobody
#   wrote how long backups are kept, the provider's default counts: an aws_db_instance then keeps none.
#   A replica, and a member of a replication group, leaves its backups to what it belongs to.
# custom:
#   id: protection/database_backup_retention
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 12.10.1"
#     - "SOC 2: A1.2"
#   fix: |
#     Set the attribute to as many days as parameters/retention asks for, or more.
#   avoid:
#     aws_db_instance:
#       identifier: prod-claims
#       backup_retention_period: 0
#   prefer:
#     aws_db_instance:
#       identifier: prod-claims
#       backup_retention_period: 14
package rules.protection.database_backup_retention

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "protection/database_backup_retention", "severity": "critical"}

# What each type's default is, by the documentation of its resource:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance (and its neighbours)
deny contains finding.on(rule, database, message) if {
	some type, facts in data.parameters.retention.automated_backups
	some database in keeping(type, facts)
	not plan.undecided(database, [facts.attribute])
	days := plan.number(database, [facts.attribute], facts.unwritten)
	days < least
	message := concat("", ["keeps its backups for ", format_int(days, 10), " days, fewer than ", format_int(least, 10), ": ", facts.attribute])
}

unknown contains finding.on(rule, database, concat("", ["says only at apply how long it keeps its backups: ", facts.attribute])) if {
	some type, facts in data.parameters.retention.automated_backups
	some database in keeping(type, facts)
	plan.undecided(database, [facts.attribute])
}

# Those that keep backups of their own.
keeping(type, facts) := [database |
	some database in plan.of(type)
	not left_to_another(database, facts)
	not another_engine(database, facts)
]

left_to_another(database, facts) if plan.text(database, [facts.left_to]) != ""

# A source that the plan makes has its name only at apply; that there is one, the author wrote.
left_to_another(database, facts) if plan.undecided(database, [facts.left_to])

another_engine(database, facts) if regex.match(facts.not_for, plan.text(database, ["engine"]))

least := data.parameters.retention.backup_retention_days.production if {
	data.lib.settings.production
} else := data.parameters.retention.backup_retention_days.other
