# METADATA
# description: Kubernetes workloads of the kubernetes provider, both generations of resource names.
package lib.workloads

import data.lib.plan
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

# Every container, with where it stands and the pod that it is in.
containers contains {"resource": resource, "path": array.concat(prefix, [kind, position]), "container": container, "pod": pod} if {
	some [resource, prefix] in pods
	pod := value.map(plan.known(resource, prefix, {}))
	some kind in ["container", "init_container"]
	some position, container in value.list(value.at(pod, [kind], []))
}

# Kubernetes' own words: kubernetes_manifest, and the objects of a chart inside the module.
containers contains {"resource": found.resource, "path": array.concat(["manifest"], array.concat(path, [kind, position])), "container": container, "pod": pod} if {
	some found in data.lib.objects.listed
	walk(found.object, [path, pod])
	some kind in ["containers", "initContainers"]
	some position, container in value.list(value.at(pod, [kind], []))
	is_object(container)
}

labels(resource) := value.map(plan.known(resource, ["spec", 0, "template", 0, "metadata", 0, "labels"], {}))

namespace(resource) := plan.known(resource, ["metadata", 0, "namespace"], "default")
