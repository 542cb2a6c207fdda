# METADATA
# title: Backup vaults of production are locked
# description: |
#   Who can delete the data can often delete its backups too. A vault lock keeps every recovery point
#   for its minimum time, against an administrator and against ransom. Logically air-gapped vaults are
#   locked by nature.
# custom:
#   id: protection/backup_vault_locked
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 9.4.1"
#     - "SOC 2: A1.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Add aws_backup_vault_lock_configuration with min_retention_days.
#   avoid:
#     aws_backup_vault:
#       name: prod-standard
#   prefer:
#     aws_backup_vault:
#       name: prod-standard
#     aws_backup_vault_lock_configuration:
#       backup_vault_name: prod-standard
#       min_retention_days: 7
package rules.protection.backup_vault_locked

import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "protection/backup_vault_locked", "severity": "critical"}

helper_type := "aws_backup_vault_lock_configuration"

deny contains finding.on(rule, vault, "has no vault lock") if {
	data.lib.settings.production
	some vault in plan.of("aws_backup_vault")
	links.missing(helper_type, vault)
}

unknown contains finding.on(rule, vault, "may have a vault lock that names it only at apply") if {
	data.lib.settings.production
	some vault in plan.of("aws_backup_vault")
	links.unclear(helper_type, vault)
}
