# METADATA
# title: Databases and brokers take minor versions by themselves
# description: |
#   Minor versions are where security fixes come. An engine that refuses them is patched when somebody
#   remembers.
# custom:
#   id: protection/minor_version_upgrades
#   severity: major
#   controls:
#     - "CIS AWS 3.0: 2.3.2"
#     - "PCI DSS 4.0: 6.3.3"
#     - "SOC 2: CC7.1"
#   fix: |
#     Leave auto_minor_version_upgrade on, and set a maintenance window.
#   avoid:
#     aws_db_instance:
#       identifier: prod-claims
#       auto_minor_version_upgrade: false
#   prefer:
#     aws_db_instance:
#       identifier: prod-claims
#       auto_minor_version_upgrade: true
package rules.protection.minor_version_upgrades

import data.lib.finding
import data.lib.switches

import rego.v1

rule := {"id": "protection/minor_version_upgrades", "severity": "major"}

# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/db_instance#auto_minor_version_upgrade, https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/mq_broker#auto_minor_version_upgrade
deny contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.wrong(data.parameters.compute.upgrades)
}

unknown contains finding.on(rule, found.resource, found.fault) if {
	some found in switches.open(data.parameters.compute.upgrades)
}
