# METADATA
# title: Repositories delete the images that nobody needs
# description: |
#   Every push leaves an image behind, and every image is paid for, scanned for ever and one more old
#   package that somebody can still deploy. A lifecycle policy keeps those that count.
# custom:
#   id: registry/lifecycle_policy
#   severity: minor
#   controls:
#     - "PCI DSS 4.0: 6.3.2"
#     - "SOC 2: CC6.5"
#   fix: |
#     Add an aws_ecr_lifecycle_policy for the repository; a creation template has its own
#     lifecycle_policy.
#   avoid:
#     aws_ecr_repository:
#       name: claims/api
#   prefer:
#     aws_ecr_repository:
#       name: claims/api
#     aws_ecr_lifecycle_policy:
#       repository: claims/api
#       policy: '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}'
package rules.registry.lifecycle_policy

import data.lib.finding
import data.lib.links
import data.lib.plan

import rego.v1

rule := {"id": "registry/lifecycle_policy", "severity": "minor"}

helper_type := "aws_ecr_lifecycle_policy"

template_type := "aws_ecr_repository_creation_template"

deny contains finding.on(rule, repository, "keeps every image for ever") if {
	some repository in plan.of("aws_ecr_repository")
	links.missing(helper_type, repository)
}

deny contains finding.on(rule, template, "makes repositories that keep every image for ever") if {
	some template in plan.of(template_type)
	not plan.undecided(template, ["lifecycle_policy"])
	plan.text(template, ["lifecycle_policy"]) == ""
}

unknown contains finding.on(rule, repository, "may have a lifecycle policy that names it only at apply") if {
	some repository in plan.of("aws_ecr_repository")
	links.unclear(helper_type, repository)
}

# A text that is known only at apply is still a policy when the author wrote the document out.
unknown contains finding.on(rule, template, "says only at apply whether its repositories delete images") if {
	some template in plan.of(template_type)
	plan.undecided(template, ["lifecycle_policy"])
	not startswith(plan.template(template, ["lifecycle_policy"]), "${jsonencode(")
}
