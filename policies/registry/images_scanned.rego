# METADATA
# title: Every image is scanned
# description: |
#   An image is as old as its oldest package on the day it is pushed, and older every day after. Where
#   the registry's scanning is configured its filters decide, and must take in every repository; where
#   it is not, the repository's own scan_on_push does. The registry is one for an account and region:
#   its settings may be in any stack of the account, and decide there as well.
# custom:
#   id: registry/images_scanned
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 6.3.1"
#     - "PCI DSS 4.0: 11.3.1"
#     - "SOC 2: CC7.1"
#   fix: |
#     Add a rule with the filter * and CONTINUOUS_SCAN to aws_ecr_registry_scanning_configuration, or,
#     in an account whose registry is set elsewhere, set image_scanning_configuration.scan_on_push.
#   avoid:
#     aws_ecr_repository:
#       name: claims/api
#       image_scanning_configuration:
#       - scan_on_push: false
#   prefer:
#     aws_ecr_repository:
#       name: claims/api
#     aws_ecr_registry_scanning_configuration:
#       scan_type: ENHANCED
#       rule:
#       - scan_frequency: CONTINUOUS_SCAN
#         repository_filter:
#         - filter: '*'
#           filter_type: WILDCARD
package rules.registry.images_scanned

import data.lib.finding
import data.lib.plan
import data.lib.platform
import data.lib.value

import rego.v1

rule := {"id": "registry/images_scanned", "severity": "critical"}

own := ["image_scanning_configuration", 0, "scan_on_push"]

deny contains finding.on(rule, repository, "is not scanned: the registry's scanning filters leave it out") if {
	some repository in plan.of("aws_ecr_repository")
	configurations := configured(repository)
	count(configurations) > 0
	not plan.undecided(repository, ["name"])
	every configuration in configurations {
		not plan.partly_unknown(configuration, ["rule"])
		not scans(configuration, plan.text(repository, ["name"]))
	}
}

deny contains finding.on(rule, repository, "is not scanned when an image is pushed") if {
	some repository in plan.of("aws_ecr_repository")
	count(configured(repository)) == 0
	not plan.undecided(repository, own)
	plan.known(repository, own, false) != true
	not data.lib.platform.open
}

unknown contains finding.on(rule, repository, concat("", ["is scanned by the settings of its registry in another stack, or not at all: ", data.lib.platform.open])) if {
	some repository in plan.of("aws_ecr_repository")
	count(configured(repository)) == 0
	not plan.undecided(repository, own)
}

unknown contains finding.on(rule, repository, "says only at apply whether it is scanned") if {
	some repository in plan.of("aws_ecr_repository")
	count(configured(repository)) == 0
	plan.undecided(repository, own)
}

unknown contains finding.on(rule, repository, "says only at apply whether the registry's scanning takes it in") if {
	some repository in plan.of("aws_ecr_repository")
	some configuration in configured(repository)
	unclear(repository, configuration)
	not scans(configuration, plan.text(repository, ["name"]))
}

configured(repository) := [configuration |
	some configuration in platform.everywhere("aws_ecr_registry_scanning_configuration")
	plan.same_region(repository, configuration)
]

unclear(_, configuration) if plan.partly_unknown(configuration, ["rule"])

unclear(repository, _) if plan.undecided(repository, ["name"])

scans(configuration, name) if {
	some position, wanted in value.list(plan.known(configuration, ["rule"], []))
	value.at(wanted, ["scan_frequency"], "") in data.parameters.registry.scan_frequencies
	some place, _ in value.list(value.at(wanted, ["repository_filter"], []))
	filter := plan.text(configuration, ["rule", position, "repository_filter", place, "filter"])
	takes_in(filter, name)
}

# A filter without a wildcard takes in every name that contains it.
takes_in(filter, name) if {
	filter != ""
	contains(name, filter)
}

takes_in(filter, name) if {
	regex.match(`^[a-z0-9*._/-]+$`, filter)
	regex.match(concat("", ["^", replace(replace(filter, ".", `\.`), "*", ".*"), "$"]), name)
}
