# METADATA
# title: Databases refuse clients that do not speak TLS
# description: |
#   Most engines offer TLS and take clients without it all the same. One wrong connection string then
#   sends a password and every row in clear, and nobody notices.
# custom:
#   id: encryption/database_tls
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     Set rds.force_ssl to 1 (PostgreSQL, SQL Server), require_secure_transport to ON (MySQL, MariaDB),
#     require_ssl to true (Redshift), or leave tls enabled (DocumentDB).
#   avoid:
#     aws_db_parameter_group:
#       name: prod-claims
#       family: postgres14
#   prefer:
#     aws_db_parameter_group:
#       name: prod-claims
#       family: postgres14
#       parameter:
#       - name: rds.force_ssl
#         value: "1"
package rules.encryption.database_tls

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "encryption/database_tls", "severity": "critical"}

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html (on by default since 15)
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html (on by default since 17)
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html (on by default since 9.7)
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mariadb-ssl-connections.require-ssl.html (since 11.8)
# https://docs.aws.amazon.com/documentdb/latest/developerguide/security.encryption.ssl.html
# https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
deny contains finding.on(rule, group, concat("", ["takes clients without TLS: ", fact.name, " is ", setting])) if {
	some fact in data.parameters.transit.databases
	some group in of_family(fact)
	not open(group)
	setting := said(group, fact)
	not setting in fact.on
}

unknown contains finding.on(rule, group, concat("", ["says only at apply what it sets ", fact.name, " to"])) if {
	some fact in data.parameters.transit.databases
	some group in of_family(fact)
	open(group)
}

unknown contains finding.on(rule, group, "says only at apply which engine it is for") if {
	some fact in data.parameters.transit.databases
	some group in plan.of(fact.type)
	plan.undecided(group, ["family"])
}

of_family(fact) := [group |
	some group in plan.of(fact.type)
	regex.match(fact.family_pattern, plan.text(group, ["family"]))
]

# Parameters are a set: one whose name or value is unknown may be any of them.
open(group) if plan.partly_unknown(group, ["parameter"])

said(group, fact) := setting if {
	some parameter in value.list(plan.known(group, ["parameter"], []))
	value.at(parameter, ["name"], "") == fact.name
	setting := value.text(value.at(parameter, ["value"], ""))
} else := fact.default
