# METADATA
# description: |
#   Workloads and their pods: of the kubernetes provider, both generations of resource names, and of objects in
#   Kubernetes' own words, those among them that Helm makes of a release.
package lib.workloads

import data.lib.plan
import data.lib.rendered
import data.lib.value

import rego.v1

replicated_types := {
	"kubernetes_deployment",
	"kubernetes_deployment_v1",
	"kubernetes_stateful_set",
	"kubernetes_stateful_set_v1",
}

other_types := {
	"kubernetes_daemonset",
	"kubernetes_daemon_set_v1",
	"kubernetes_job",
	"kubernetes_job_v1",
}

controller_types := {"kubernetes_replication_controller", "kubernetes_replication_controller_v1"}

pod_types := {"kubernetes_pod", "kubernetes_pod_v1"}

cron_types := {"kubernetes_cron_job", "kubernetes_cron_job_v1"}

replicated contains resource if {
	some type in replicated_types
	some resource in plan.of(type)
}

# Every workload of the provider's own types, with where its pod stands.
pods contains [resource, ["spec", 0, "template", 0, "spec", 0]] if {
	some type in ((replicated_types | other_types) | controller_types)
	some resource in plan.of(type)
}

pods contains [resource, ["spec", 0, "job_template", 0, "spec", 0, "template", 0, "spec", 0]] if {
	some type in cron_types
	some resource in plan.of(type)
}

pods contains [resource, ["spec", 0]] if {
	some type in pod_types
	some resource in plan.of(type)
}

# Every pod: where it stands, what makes it, and the name of that as namespace/name.
found_pods := array.concat(
	[{
		"resource": resource, "path": path, "pod": value.map(plan.known(resource, path, {})),
		"home": concat("/", [namespace(resource), plan.text(resource, ["metadata", 0, "name"])]),
		"open": "",
	} |
		some [resource, path] in data.lib.workloads.pods
	],
	array.concat(
		[pod_of(found, path, value.at(found.object, path, {})) |
			some found in data.lib.rendered.listed
			path := pod_paths[found.kind]
		],
		[pod_of(found, path, pod) |
			some found in data.lib.objects.listed
			not found.rendered
			walk(found.object, [path, pod])
			has_containers(pod)
		],
	),
)

has_containers(pod) if is_array(pod.containers)

has_containers(pod) if is_array(pod.initContainers)

pod_of(found, path, pod) := object.union(found, {
	"path": array.concat(["manifest"], path),
	"pod": value.map(pod),
	"labels": value.map(value.at(found.object, array.concat(array.slice(path, 0, count(path) - 1), ["metadata", "labels"]), {})),
	"home": concat("/", [found.namespace, data.lib.objects.name(found)]),
})

# Where Kubernetes' own kinds have their pod. Custom resources may mean something else by the same words.
pod_paths := {
	"Pod": ["spec"],
	"ReplicationController": ["spec", "template", "spec"],
	"apps/DaemonSet": ["spec", "template", "spec"],
	"apps/Deployment": ["spec", "template", "spec"],
	"apps/ReplicaSet": ["spec", "template", "spec"],
	"apps/StatefulSet": ["spec", "template", "spec"],
	"batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
	"batch/Job": ["spec", "template", "spec"],
}

# Every container, with where it stands and the pod that it is in.
containers := [object.union(found, {"path": array.concat(found.path, [kind, position]), "container": container}) |
	some found in found_pods
	some kind in ["container", "init_container", "containers", "initContainers"]
	some position, container in value.list(value.at(found.pod, [kind], []))
	is_object(container)
]

# Both vocabularies: the provider writes security_context as a list of one block, Kubernetes securityContext as an object.
block(holder, of_provider, of_kubernetes) := inner(pick(holder, of_provider, of_kubernetes))

inner(given) := given if {
	is_object(given)
} else := found if {
	found := value.list(given)[0]
} else := {}

# What stands under either name; null when nothing does.
pick(holder, of_provider, of_kubernetes) := value.at(holder, [of_provider], value.at(holder, [of_kubernetes], null))

name(found) := value.text(value.at(found.container, ["name"], ""))

# Whether one of the parts of a pod that a rule asks for is known only at apply. `paths` in both vocabularies.
undecided(found, holders, words) if {
	# what the provider calls the manifest of a release is known to nobody before apply
	found.resource.type != "helm_release"
	some holder in holders
	some word in words
	plan.partly_unknown(found.resource, array.concat(holder, [word]))
}

undecided(found, holders, words) if {
	some holder in holders
	rendered.waits(found, [value.at(found.object, array.concat(array.slice(holder, 1, count(holder)), [word]), "") | some word in words])
}

labels(resource) := value.map(plan.known(resource, ["spec", 0, "template", 0, "metadata", 0, "labels"], {}))

namespace(resource) := plan.known(resource, ["metadata", 0, "namespace"], "default")
