# METADATA
# title: Images of production are copied to another region
# description: |
#   When a region fails, its registry fails with it, and the cluster that takes over cannot pull what it
#   should run. A rule without filters copies every repository.
# custom:
#   id: registry/replicated
#   severity: major
#   controls:
#     - "SOC 2: A1.2"
#   fix: |
#     Add an aws_ecr_replication_configuration whose rule has a destination and takes the repository in.
#     It is one for the whole registry of an account and region, and may be in any stack of the account.
#   avoid:
#     aws_ecr_repository:
#       name: claims/api
#   prefer:
#     aws_ecr_repository:
#       name: claims/api
#     aws_ecr_replication_configuration:
#       replication_configuration:
#       - rule:
#         - destination:
#           - region: us-west-2
#             registry_id: '111122223333'
package rules.registry.replicated

import data.lib.finding
import data.lib.plan
import data.lib.platform
import data.lib.value

import rego.v1

rule := {"id": "registry/replicated", "severity": "major"}

deny contains finding.on(rule, repository, "is copied nowhere") if {
	data.lib.settings.production
	some repository in plan.of("aws_ecr_repository")
	not copied(repository)
	not may_be_copied(repository)
	not data.lib.platform.open
}

unknown contains finding.on(rule, repository, concat("", ["is copied by another stack's rules, or nowhere: ", data.lib.platform.open])) if {
	data.lib.settings.production
	some repository in plan.of("aws_ecr_repository")
	not copied(repository)
	not may_be_copied(repository)
}

unknown contains finding.on(rule, repository, "says only at apply whether it is copied") if {
	data.lib.settings.production
	some repository in plan.of("aws_ecr_repository")
	not copied(repository)
	may_be_copied(repository)
}

may_be_copied(repository) if {
	some configuration in configured(repository)
	unclear(repository, configuration)
}

unclear(_, configuration) if {
	some path in unknown_paths(configuration)
	not "registry_id" in path
}

unclear(repository, _) if plan.undecided(repository, ["name"])

# Which account takes the copies does not matter here.
unknown_paths(configuration) := [path |
	walk(value.at(configuration.unknown, ["replication_configuration"], false), [path, true])
]

copied(repository) if {
	some configuration in configured(repository)
	some block in value.list(plan.known(configuration, ["replication_configuration"], []))
	some copying in value.list(value.at(block, ["rule"], []))
	count(value.list(value.at(copying, ["destination"], []))) > 0
	takes_in(value.list(value.at(copying, ["repository_filter"], [])), repository)
}

configured(repository) := [configuration |
	some configuration in platform.everywhere("aws_ecr_replication_configuration")
	plan.same_region(repository, configuration)
]

takes_in(filters, _) if count(filters) == 0

takes_in(filters, repository) if {
	some filter in filters
	prefix := value.text(value.at(filter, ["filter"], ""))
	prefix != ""
	startswith(plan.text(repository, ["name"]), prefix)
}
