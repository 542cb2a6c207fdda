# METADATA
# title: Releases say whether they wait, how long, and what happens on failure
# description: |
#   The provider's defaults differ from Helm's and have changed between versions. Without wait, an apply
#   ends before anything runs; without atomic, a failed upgrade stays half done.
# custom:
#   id: releases/explicit_wait
#   severity: minor
#   controls:
#     - "SOC 2: CC8.1"
#   fix: |
#     Set wait, timeout (in seconds) and atomic.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       wait: true
#       timeout: 600
#       atomic: true
package rules.releases.explicit_wait

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "releases/explicit_wait", "severity": "minor"}

deny contains finding.on(rule, release, concat("", ["does not set ", concat(", ", sort(missing))])) if {
	some release in data.lib.helm.releases
	missing := {name | some name in {"wait", "timeout", "atomic"}; not said(release, name)}
	count(missing) > 0
}

# What the author wrote decides, since the provider fills in defaults; a value that comes only at apply is written too.
unknown := set()

said(release, name) if count(plan.expression(release, [name])) > 0
