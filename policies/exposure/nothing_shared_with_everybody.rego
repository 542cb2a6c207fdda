# METADATA
# title: Images, snapshots and documents are not given to every account
# description: |
#   A public snapshot is the database, for anybody with an account, and scanners copy new ones within
#   minutes. The guards that forbid such sharing for a whole account stay on.
# custom:
#   id: exposure/nothing_shared_with_everybody
#   severity: blocker
#   controls:
#     - "CIS AWS 3.0: 2.1.4"
#     - "PCI DSS 4.0: 1.4.4"
#     - "PCI DSS 4.0: 7.2.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Name the accounts that need it, and leave the account's block of public access on.
#   avoid:
#     aws_db_snapshot:
#       db_instance_identifier: prod-claims
#       db_snapshot_identifier: prod-claims-before-upgrade
#       shared_accounts: [all]
#   prefer:
#     aws_db_snapshot:
#       db_instance_identifier: prod-claims
#       db_snapshot_identifier: prod-claims-before-upgrade
#       shared_accounts: ["111122223333"]
package rules.exposure.nothing_shared_with_everybody

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "exposure/nothing_shared_with_everybody", "severity": "blocker"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/db_snapshot#shared_accounts, https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/ssm_document#permissions
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.exposure.shared)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.exposure.shared)
}
