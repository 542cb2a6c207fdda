# METADATA
# title: No secret value is in a release's values
# description: |
#   Helm keeps a release's values in the cluster and Terraform keeps them in its state. A value whose
#   key says password is a secret unless it only names one.
# custom:
#   id: secrets/no_secret_in_values
#   severity: blocker
#   controls:
#     - "PCI DSS 4.0: 8.3.2"
#     - "PCI DSS 4.0: 8.6.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Give the chart the name of an existing Secret, filled by External Secrets or the Secrets Store
#     CSI driver.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - 'adminUser: admin
#
#         adminPassword: not-a-real-one
#
#         '
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - "admin:\n  existingSecret: grafana-admin\n"
package rules.secrets.no_secret_in_values

import data.lib.finding
import data.lib.helm
import data.lib.secrets
import data.lib.value

import rego.v1

rule := {"id": "secrets/no_secret_in_values", "severity": "blocker"}

deny contains finding.on(rule, release, concat("", [path, " holds a secret"])) if {
	some release in data.lib.helm.releases
	some [path, text] in value.named(data.lib.helm.values[release.address], data.parameters.secrets.name_pattern)
	secrets.is_secret(path, text)
}

unknown contains finding.on(rule, release, "has values that are known only at apply, which may hold a secret") if {
	some release in data.lib.helm.releases
	release.address in data.lib.helm.partial
	not helm.written_without(release, data.parameters.secrets.name_pattern)
}
