# METADATA
# title: Certificates of production name their hosts
# description: |
#   A wildcard's key speaks for every host of the domain, those of tomorrow as well: one server that
#   loses it loses them all. Names that only a cluster resolves are left out.
# custom:
#   id: certificates/no_wildcard
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 4.2.1"
#     - "SOC 2: CC6.7"
#   fix: |
#     List the host names. Where a wildcard cannot be avoided, such as for one host for each customer,
#     add a waiver with the reason.
#   avoid:
#     aws_acm_certificate:
#       domain_name: example.com
#       subject_alternative_names: ['*.example.com']
#       validation_method: DNS
#   prefer:
#     aws_acm_certificate:
#       domain_name: example.com
#       subject_alternative_names: [www.example.com]
#       validation_method: DNS
package rules.certificates.no_wildcard

import data.lib.finding
import data.lib.objects
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "certificates/no_wildcard", "severity": "major"}

deny contains finding.on(rule, certificate, concat("", ["is for every host of a domain: ", name])) if {
	data.lib.settings.production
	some certificate in plan.of("aws_acm_certificate")
	some name in names_of(certificate)
	startswith(name, "*.")
}

deny contains finding.on(rule, found.resource, message) if {
	data.lib.settings.production
	some found in data.lib.objects.certificates
	names := array.concat(
		value.strings(value.at(found.object, ["spec", "dnsNames"], [])),
		[value.text(value.at(found.object, ["spec", "commonName"], ""))],
	)
	some name in names
	startswith(name, "*.")
	not inside_cluster(name, names)
	message := concat("", ["has a certificate for every host of a domain: ", name, " in ", objects.name(found)])
}

unknown contains finding.on(rule, certificate, concat("", ["says only at apply what it is for: ", attribute])) if {
	data.lib.settings.production
	some certificate in plan.of("aws_acm_certificate")
	some attribute in {"domain_name", "subject_alternative_names"}
	plan.partly_unknown(certificate, [attribute])
	plan.written(certificate, [attribute])
}

unknown contains finding.on(rule, resource, "says only at apply what its certificates are for") if {
	data.lib.settings.production
	some name in ["dnsNames", "commonName"]
	some resource in objects.undecided(["spec", name])
}

# Kubernetes also resolves the short forms of a service's name: *.vault, *.vault.ns, *.vault.ns.svc.
inside_cluster(name, names) if {
	some longer in names
	startswith(longer, name)
	some suffix in data.parameters.certificates.cluster_suffixes
	endswith(longer, suffix)
}

names_of(certificate) := array.concat(
	[plan.text(certificate, ["domain_name"])],
	value.strings(plan.known(certificate, ["subject_alternative_names"], [])),
)
