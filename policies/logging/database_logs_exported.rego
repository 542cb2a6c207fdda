# METADATA
# title: Databases send their logs to CloudWatch
# description: |
#   A database keeps its logs for days, on its own disk, where whoever owns the database owns them too.
#   Exported, they outlive it and nobody can rewrite them. OpenSearch and Redshift have ways of their
#   own and are asked the same.
# custom:
#   id: logging/database_logs_exported
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.2.1"
#     - "PCI DSS 4.0: 10.3.3"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set enabled_cloudwatch_logs_exports to what the engine calls its audit log; for PostgreSQL that is
#     postgresql, with pgaudit. OpenSearch wants log_publishing_options for AUDIT_LOGS, Redshift
#     aws_redshift_logging.
#   avoid:
#     aws_docdb_cluster:
#       cluster_identifier: prod-policies
#   prefer:
#     aws_docdb_cluster:
#       cluster_identifier: prod-policies
#       enabled_cloudwatch_logs_exports: [audit]
package rules.logging.database_logs_exported

import data.lib.finding
import data.lib.links
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "logging/database_logs_exported", "severity": "major"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/db_instance#enabled_cloudwatch_logs_exports,
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/rds_cluster#enabled_cloudwatch_logs_exports
deny contains finding.on(rule, database, concat("", ["does not export its ", log, " log"])) if {
	data.lib.settings.production
	some type, facts in data.parameters.logging.database_exports
	some database in plan.of(type)
	not plan.partly_unknown(database, [facts.attribute])
	some engine in facts.engines
	regex.match(engine.pattern, plan.text(database, ["engine"]))
	some log in engine.logs
	not log in value.strings(plan.known(database, [facts.attribute], []))
}

# A copy or what comes of a snapshot has the engine of its source.
deny contains finding.on(rule, database, "exports no log") if {
	data.lib.settings.production
	some type, facts in data.parameters.logging.database_exports
	some database in plan.of(type)
	not plan.partly_unknown(database, [facts.attribute])
	every engine in facts.engines {
		not regex.match(engine.pattern, plan.text(database, ["engine"]))
	}
	count(value.strings(plan.known(database, [facts.attribute], []))) == 0
}

deny contains finding.on(rule, domain, concat("", ["does not publish ", log])) if {
	data.lib.settings.production
	some type in ["aws_opensearch_domain", "aws_elasticsearch_domain"]
	some domain in plan.of(type)
	not undecided(domain)
	some log in data.parameters.logging.search_logs
	not log in published(domain)
}

deny contains finding.on(rule, cluster, "has no audit log") if {
	data.lib.settings.production
	some cluster in plan.of("aws_redshift_cluster")
	count(audited(cluster)) == 0
	count(unnamed) == 0
}

unknown contains finding.on(rule, database, "says only at apply which logs it exports") if {
	data.lib.settings.production
	some type, facts in data.parameters.logging.database_exports
	some database in plan.of(type)
	plan.partly_unknown(database, [facts.attribute])
}

unknown contains finding.on(rule, domain, concat("", ["says only at apply whether it publishes ", log])) if {
	data.lib.settings.production
	some type in ["aws_opensearch_domain", "aws_elasticsearch_domain"]
	some domain in plan.of(type)
	some log in data.parameters.logging.search_logs
	undecided(domain)
	not log in published(domain)
}

unknown contains finding.on(rule, cluster, "may have an audit log that names it only at apply") if {
	data.lib.settings.production
	some cluster in plan.of("aws_redshift_cluster")
	count(audited(cluster)) == 0
	count(unnamed) > 0
}

published(domain) := {log |
	some options in value.list(plan.known(domain, ["log_publishing_options"], []))
	value.at(options, ["enabled"], true) == true
	log := value.text(value.at(options, ["log_type"], ""))
}

# The log group's ARN comes at apply as a rule; which log goes there, and whether, does not.
undecided(domain) if plan.undecided(domain, ["log_publishing_options"])

undecided(domain) if {
	some position, _ in value.list(plan.known(domain, ["log_publishing_options"], []))
	some attribute in ["log_type", "enabled"]
	plan.undecided(domain, ["log_publishing_options", position, attribute])
}

audited(cluster) := {log.address |
	some log in plan.of("aws_redshift_logging")
	same(log, cluster)
}

same(log, cluster) if cluster.address in links.referenced(log, ["cluster_identifier"], "aws_redshift_cluster")

same(log, cluster) if {
	name := plan.text(cluster, ["cluster_identifier"])
	name != ""
	plan.text(log, ["cluster_identifier"]) == name
}

unnamed contains log.address if {
	some log in plan.of("aws_redshift_logging")
	plan.undecided(log, ["cluster_identifier"])
	count(links.referenced(log, ["cluster_identifier"], "aws_redshift_cluster")) == 0
}
