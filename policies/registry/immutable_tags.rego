# METADATA
# title: Image tags cannot be moved
# description: |
#   A tag that can be pushed again is a door into every cluster that pulls it: what was scanned and
#   signed is not what runs. Exclusions are for tags that must move, such as dev-*; one that takes in
#   whole versions or digests makes the rest pointless.
# custom:
#   id: registry/immutable_tags
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 6.3.2"
#     - "SOC 2: CC8.1"
#   fix: |
#     Set image_tag_mutability IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with filters that name at least
#     three characters and no version.
#   avoid:
#     aws_ecr_repository:
#       name: claims/api
#       image_tag_mutability: IMMUTABLE_WITH_EXCLUSION
#       image_tag_mutability_exclusion_filter:
#       - filter: v*
#         filter_type: WILDCARD
#   prefer:
#     aws_ecr_repository:
#       name: claims/api
#       image_tag_mutability: IMMUTABLE_WITH_EXCLUSION
#       image_tag_mutability_exclusion_filter:
#       - filter: dev-*
#         filter_type: WILDCARD
package rules.registry.immutable_tags

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "registry/immutable_tags", "severity": "critical"}

# The attribute's default is MUTABLE.
deny contains finding.on(rule, repository, "has tags that can be moved") if {
	some repository in repositories
	not plan.undecided(repository, ["image_tag_mutability"])
	not plan.text(repository, ["image_tag_mutability"]) in data.parameters.registry.immutable
}

deny contains finding.on(rule, repository, concat("", ["excludes too many tags: ", filter])) if {
	some repository in repositories
	plan.text(repository, ["image_tag_mutability"]) == "IMMUTABLE_WITH_EXCLUSION"
	some position, _ in filters(repository)
	filter := plan.text(repository, ["image_tag_mutability_exclusion_filter", position, "filter"])
	broad(filter)
}

unknown contains finding.on(rule, repository, "says only at apply whether its tags can be moved") if {
	some repository in repositories
	plan.undecided(repository, ["image_tag_mutability"])
}

unknown contains finding.on(rule, repository, "says only at apply which tags it excludes") if {
	some repository in repositories
	plan.text(repository, ["image_tag_mutability"]) == "IMMUTABLE_WITH_EXCLUSION"
	plan.partly_unknown(repository, ["image_tag_mutability_exclusion_filter"])
}

repositories contains repository if {
	some type in {"aws_ecr_repository", "aws_ecr_repository_creation_template"}
	some repository in plan.of(type)
}

filters(repository) := value.list(plan.known(repository, ["image_tag_mutability_exclusion_filter"], []))

broad(filter) if {
	contains(filter, "*")
	count(replace(filter, "*", "")) < data.parameters.registry.broad_exclusion.least_characters
}

broad(filter) if regex.match(data.parameters.registry.broad_exclusion.version_pattern, filter)
