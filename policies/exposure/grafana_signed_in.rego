# METADATA
# title: Grafana shows nothing to people without a name, and has no password that others know
# description: |
#   Dashboards and Explore read what all its data sources hold: logs with what customers wrote among them. Anonymous
#   access shows them to whoever finds the address. Grafana's own administrator is admin with the password admin until
#   somebody sets another; in the chart's values it is in the cluster and in the state, and one that the chart makes up
#   is another one whenever the release is rendered without a cluster.
# custom:
#   id: exposure/grafana_signed_in
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 2.2.2"
#     - "PCI DSS 4.0: 8.2.2"
#     - "SOC 2: CC6.1"
#   fix: |
#     Leave auth.anonymous off in grafana.ini and GF_AUTH_ANONYMOUS_ENABLED unset, and name a Secret in
#     admin.existingSecret. Leave assertNoLeakedSecrets on, as it is by itself.
#   avoid:
#     helm_release:
#       name: grafana
#       chart: grafana
#       values:
#       - "grafana.ini:\n  auth.anonymous:\n    enabled: true\n"
#   prefer:
#     helm_release:
#       name: grafana
#       chart: grafana
#       values:
#       - "admin:\n  existingSecret: grafana-admin\ngrafana.ini:\n  auth.anonymous:\n    enabled: false\n"
package rules.exposure.grafana_signed_in

import data.lib.finding
import data.lib.helm
import data.lib.value

import rego.v1

rule := {"id": "exposure/grafana_signed_in", "severity": "critical"}

# https://github.com/grafana-community/helm-charts/tree/grafana-12.11.1/charts/grafana
anonymous := {
	["grafana.ini", "auth.anonymous", "enabled"],
	["env", "GF_AUTH_ANONYMOUS_ENABLED"],
}

passwords := {
	["adminPassword"],
	["env", "GF_SECURITY_ADMIN_PASSWORD"],
	["grafana.ini", "security", "admin_password"],
}

# What says that nobody needs a password from elsewhere: a Secret, a file, or that there is no such user.
elsewhere := {
	["admin", "existingSecret"],
	["env", "GF_SECURITY_ADMIN_PASSWORD__FILE"],
	["env", "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"],
	["envValueFrom", "GF_SECURITY_ADMIN_PASSWORD"],
}

deny contains finding.on(rule, release, concat("", [shown(path), " lets everybody in without a name"])) if {
	some release in grafanas
	some path in anonymous
	on(said(release, path))
}

deny contains finding.on(rule, release, concat("", [shown(path), " holds the administrator's password"])) if {
	some release in grafanas
	some path in passwords
	password := value.text(said(release, path))
	password != ""

	# Grafana's own way of reading one: $__env{NAME}, $__file{/path}, ${NAME}
	not regex.match(`^\$(__[a-z]+)?\{[^}]+\}$`, password)
}

deny contains finding.on(rule, release, "assertNoLeakedSecrets is off: nothing would notice a password in grafana.ini") if {
	some release in grafanas
	said(release, ["assertNoLeakedSecrets"]) == false
}

deny contains finding.on(rule, release, "has no Secret with the administrator's password: admin.existingSecret") if {
	some release in grafanas
	not release.address in data.lib.helm.partial
	not named(release)
	not told(release)
}

unknown contains finding.on(rule, release, "has values that are known only at apply, and none that says who gets in") if {
	some release in grafanas
	release.address in data.lib.helm.partial
	not settled(release)
}

# As the library reads a flag by which Grafana reads its settings: https://github.com/go-ini/ini/blob/v1.67.0/key.go
on(flag) if flag in {true, 1}

on(flag) if lower(value.text(flag)) in {"true", "1", "t", "y", "yes", "on"}

grafanas contains release if {
	some release in data.lib.helm.releases
	helm.chart(release) == "grafana"
}

said(release, path) := value.at(data.lib.helm.values[release.address], path, "")

named(release) if {
	some path in elsewhere
	not said(release, path) in {"", false, null}
}

# One that is wrong in another way is told there.
told(release) if {
	some path in passwords
	said(release, path) != ""
}

# Known documents are believed, as everywhere: one that says both leaves nothing open.
settled(release) if {
	named(release)
	said(release, ["grafana.ini", "auth.anonymous", "enabled"]) == false
}

shown(path) := concat(".", path)
