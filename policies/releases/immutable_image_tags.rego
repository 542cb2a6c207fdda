# METADATA
# title: Nothing runs an image whose tag can move
# description: |
#   latest is whatever was pushed last: two pods of one Deployment can run different code, and a
#   rollback brings nothing back. A chart's own default tag is fixed by the chart's version. Of a release that groundplan renders,
#   the containers themselves are judged; otherwise its values.
# custom:
#   id: releases/immutable_image_tags
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 6.3.2"
#     - "SOC 2: CC8.1"
#   fields: [image, tag, hub]
#   fix: |
#     Use an exact version tag, or a digest.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - "image:\n  repository: kong\n  tag: latest\n"
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - "image:\n  repository: kong\n  tag: 3.9.1\n"
package rules.releases.immutable_image_tags

import data.lib.finding
import data.lib.helm
import data.lib.images
import data.lib.objects
import data.lib.plan
import data.lib.rendered
import data.lib.value

import rego.v1

rule := {"id": "releases/immutable_image_tags", "severity": "critical"}

deny contains finding.on(rule, release, concat("", [path, " is ", images.shown(tag)])) if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	some [path, tag] in mentioned[release.address]
	regex.match(`(?i)tag$`, path)
	is_string(tag)
	images.moving_tag(tag)
	not images.pinned_beside(data.lib.helm.values[release.address], path)
}

deny contains finding.on(rule, release, concat("", [path, " is ", image])) if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	some [path, image] in mentioned[release.address]
	regex.match(`(^|\.)image$`, path)
	is_string(image)
	contains(image, ":")
	images.moving(image)
}

# repository: kong:latest, proxyImage: kong:latest. Without a tag they are half an image, whose tag stands beside them.
deny contains finding.on(rule, release, concat("", [path, " is ", image])) if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	some [path, image] in mentioned[release.address]
	is_string(image)
	images.tagged_moving(image)
}

deny contains found if some found in objects.denied(rule, moving)

unknown contains found if some found in objects.unsettled(rule, moving)

moving := [[found, concat("", ["runs ", image])] |
	some found in data.lib.workloads.containers
	image := value.text(value.at(found.container, ["image"], ""))
	image != ""
	not contains(image, data.lib.rendered.marker)
	not images.injected(found)
	images.moving(image)
]

deny contains finding.on(rule, function, concat("", ["runs ", image])) if {
	some function in plan.of("aws_lambda_function")
	image := plan.text(function, ["image_uri"])
	image != ""
	images.moving(image)
}

unknown contains finding.on(rule, release, "has values that are known only at apply, which may set an image") if {
	some release in data.lib.helm.releases
	release.address in data.lib.helm.partial
	not data.lib.rendered.releases[release.address]
	not helm.written_literally(release, "tag|repository|[A-Za-z0-9_]*[iI]mage(?:_?[tT]ag)?", data.lib.images.harmless_pattern)
}

unknown contains found if some found in objects.waiting(rule, unclear)

unclear := [[found, "says only at apply which image it runs"] |
	some found in data.lib.workloads.containers
	undecided(found)
]

undecided(found) if {
	found.resource.type != "helm_release"
	plan.undecided(found.resource, array.concat(found.path, ["image"]))
}

undecided(found) if rendered.waits(found, [value.at(found.container, ["image"], "")])

unknown contains finding.on(rule, function, "says only at apply which image it runs") if {
	some function in plan.of("aws_lambda_function")
	plan.undecided(function, ["image_uri"])
}

mentioned[release.address] := value.named(
	data.lib.helm.values[release.address],
	`^(tag|repository|[A-Za-z0-9_-]*[iI]mage([-_]?[tT]ag)?)$`,
) if {
	some release in data.lib.helm.releases
}
