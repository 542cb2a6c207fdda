# METADATA
# title: Every image comes from a registry that is listed
# description: |
#   An image is code of whoever can push to its registry. parameters/images lists the repositories that we take images
#   from, why, where a tag is not enough and a digest has to name the image, and the environments that this is for. A
#   registry of an account of ours needs no entry.
# custom:
#   id: releases/image_origin
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 6.3.2"
#     - "SOC 2: CC6.8"
#   fields: [image, hub, registry, repository]
#   fix: |
#     Take the image from a listed repository, such as a copy in an ECR registry of ours, by the chart's values; or list the
#     repository in parameters/images with the reason.
#   avoid:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Pod
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           containers:
#           - name: api
#             image: docker.io/somebody/api:1.4.2
#   prefer:
#     kubernetes_manifest:
#       manifest:
#         apiVersion: v1
#         kind: Pod
#         metadata:
#           name: api
#           namespace: claims
#         spec:
#           containers:
#           - name: api
#             image: registry.k8s.io/pause:3.10
package rules.releases.image_origin

import data.lib.accounts
import data.lib.images
import data.lib.objects
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "releases/image_origin", "severity": "major"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

unknown contains found if some found in objects.waiting(rule, unclear)

faulty := [[found, concat("", ["container ", workloads.name(found), " runs ", image, fault])] |
	some [found, image] in running
	fault := fault_of(image, origins[image])
]

fault_of(_, "foreign") := ", of a registry that is not listed"

fault_of(image, "by digest") := ", which no digest names" if not contains(image, "@sha256:")

unclear := array.concat(
	[[found, concat("", ["container ", workloads.name(found), " says only at apply which image it runs"])] |
		some found in data.lib.workloads.containers
		undecided(found)
	],
	[[found, concat("", ["container ", workloads.name(found), " runs ", image, ", of an account of which the plan does not say whose it is"])] |
		some [found, image] in running
		origins[image] == "unknown"
	],
)

running := [[found, image] |
	some found in data.lib.workloads.containers
	not undecided(found)
	not images.injected(found)
	image := value.text(value.at(found.container, ["image"], ""))
	image != ""
]

# Each image once: many containers run the same. What is listed has no word.
origins := {image: origin(image) | some [_, image] in running}

origin(image) := accounts.whose(account) if {
	account := split(image, ".")[0]
	regex.match(`^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws|on)\.[a-z.]+/`, image)
} else := "by digest" if {
	some entry in entries(image)
	object.get(entry, "digest", false)
} else := "foreign" if count(entries(image)) == 0

entries(image) := [entry |
	some entry in data.parameters.images.repositories
	startswith(images.full(image), entry.prefix)
	here(entry)
]

here(entry) if not entry.environments

here(entry) if data.lib.settings.environment in entry.environments

undecided(found) if workloads.undecided(found, [found.path], ["image"])
