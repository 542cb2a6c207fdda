package tests.lib.workloads

import data.lib.plan
import data.lib.workloads
import data.testing.plans

import rego.v1

found(made) := {[entry.path, entry.container.name] |
	some entry in data.lib.workloads.containers with input as plans.production([made])
}

kinds := ["container", "init_container"]

controllers := [
	"kubernetes_deployment", "kubernetes_deployment_v1", "kubernetes_stateful_set", "kubernetes_stateful_set_v1",
	"kubernetes_daemonset", "kubernetes_daemon_set_v1", "kubernetes_job", "kubernetes_job_v1",
	"kubernetes_replication_controller", "kubernetes_replication_controller_v1",
]

test_the_containers_of_every_controller_stand_in_its_template if {
	every type in controllers {
		every kind in kinds {
			given := {"spec": [{"template": [{"spec": [{kind: [{"name": "a"}, {"name": "b"}]}]}]}]}
			path := ["spec", 0, "template", 0, "spec", 0, kind]
			found(plans.made(type, given)) == {[array.concat(path, [0]), "a"], [array.concat(path, [1]), "b"]}
		}
	}
}

test_the_containers_of_a_cron_job_stand_one_template_further_in if {
	every type in ["kubernetes_cron_job", "kubernetes_cron_job_v1"] {
		every kind in kinds {
			job := {"template": [{"spec": [{kind: [{"name": "a"}]}]}]}
			given := {"spec": [{"job_template": [{"spec": [job]}]}]}
			found(plans.made(type, given)) == {[["spec", 0, "job_template", 0, "spec", 0, "template", 0, "spec", 0, kind, 0], "a"]}
		}
	}
}

test_the_containers_of_a_pod_stand_in_its_spec if {
	every type in ["kubernetes_pod", "kubernetes_pod_v1"] {
		every kind in kinds {
			found(plans.made(type, {"spec": [{kind: [{"name": "a"}]}]})) == {[["spec", 0, kind, 0], "a"]}
		}
	}
	found(plans.made("kubernetes_service_v1", {"spec": [{"container": [{"name": "a"}]}]})) == set()
}

test_the_containers_of_a_manifest_are_found_wherever_they_stand if {
	every kind in ["containers", "initContainers"] {
		pod := {"spec": {kind: [{"name": "a"}, "text"]}}
		found(plans.made("kubernetes_manifest", {"manifest": pod})) == {[["manifest", "spec", kind, 0], "a"]}
		deep := {"spec": {"template": pod}}
		found(plans.made("kubernetes_manifest", {"manifest": deep})) == {[["manifest", "spec", "template", "spec", kind, 0], "a"]}
		found(plans.made("kubernetes_manifest", {"manifest": {kind: [{"name": "a"}]}})) == {[["manifest", kind, 0], "a"]}
	}
	found(plans.made("kubernetes_manifest", {"manifest": {"spec": {"volumes": [{"name": "a"}]}}})) == set()
	count(data.lib.workloads.containers) == 1 with input as plans.production([plans.made("kubernetes_manifest", {"manifest": {"containers": [{"name": "a"}, "text"]}})])
}

test_deployments_and_stateful_sets_are_replicated if {
	every type in ["kubernetes_deployment", "kubernetes_deployment_v1", "kubernetes_stateful_set", "kubernetes_stateful_set_v1"] {
		count(data.lib.workloads.replicated) == 1 with input as plans.production([plans.made(type, {})])
	}
	every type in ["kubernetes_daemonset", "kubernetes_job", "kubernetes_pod", "kubernetes_replication_controller"] {
		count(data.lib.workloads.replicated) == 0 with input as plans.production([plans.made(type, {})])
	}
}

test_labels_are_those_of_the_pods_and_the_namespace_is_the_workload_s if {
	given := plans.production([plans.made("kubernetes_deployment", {
		"metadata": [{"namespace": "claims", "labels": {"a": "outer"}}],
		"spec": [{"template": [{"metadata": [{"labels": {"a": "inner"}}]}]}],
	})])
	resource := plan.of("kubernetes_deployment")[0] with input as given
	workloads.labels(resource) == {"a": "inner"}
	workloads.namespace(resource) == "claims"
	bare := plan.of("kubernetes_deployment")[0] with input as plans.production([plans.made("kubernetes_deployment", {})])
	workloads.labels(bare) == {}
	workloads.namespace(bare) == "default"
}

test_a_pod_of_a_manifest_is_what_holds_containers if {
	object := {"kind": "Deployment", "spec": {"template": {"spec": {"initContainers": [{"name": "a"}]}}}}
	paths := {pod.path | some pod in data.lib.workloads.found_pods with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}
	paths == {["manifest", "spec", "template", "spec"]}
	count(data.lib.workloads.found_pods) == 0 with input as plans.production([plans.made("kubernetes_manifest", {"manifest": {"kind": "Service", "spec": {"containers": 1}}})])
}
