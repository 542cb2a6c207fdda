# METADATA
# title: Releases pin their chart to one exact version
# description: |
#   A range, or no version, installs whatever the repository holds on the day of apply: the plan that
#   was reviewed is not what runs. Charts that ship inside a module have no other version.
# custom:
#   id: releases/exact_chart_version
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 6.3.2"
#     - "SOC 2: CC8.1"
#   fix: |
#     Set version to an exact one, as charts.lock does.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: '>= 3.4'
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
package rules.releases.exact_chart_version

import data.lib.finding
import data.lib.helm
import data.lib.plan

import rego.v1

rule := {"id": "releases/exact_chart_version", "severity": "critical"}

deny contains finding.on(rule, release, "does not pin its chart's version") if {
	some release in fetched
	not plan.undecided(release, ["version"])
	plan.text(release, ["version"]) == ""
}

deny contains finding.on(rule, release, concat("", ["has version ", version, ", which is not one exact version"])) if {
	some release in fetched
	version := plan.text(release, ["version"])
	version != ""
	not regex.match(`^v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`, version)
}

unknown contains finding.on(rule, release, "says its chart's version only at apply") if {
	some release in fetched
	plan.undecided(release, ["version"])
}

fetched contains release if {
	some release in data.lib.helm.releases
	not helm.local_chart(release)
}
