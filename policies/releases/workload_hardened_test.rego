package tests.releases.workload_hardened

import data.testing.plans

import rego.v1

confined := {"run_as_non_root": true, "allow_privilege_escalation": false, "capabilities": [{"drop": ["ALL"]}]}

pod := {"run_as_non_root": true, "run_as_user": "65532", "seccomp_profile": [{"type": "RuntimeDefault"}]}

container(own) := {"name": "c", "security_context": [own]}

deployment(around, own) := plans.made("kubernetes_deployment_v1", {
	"metadata": [{"namespace": "claims", "name": "api"}],
	"spec": [{"template": [{"spec": [{"security_context": [around], "container": [container(own)], "init_container": []}]}]}],
})

messages(resource) := {found.message |
	some found in data.rules.releases.workload_hardened.deny with input as plans.production([resource])
}

unknown_of(resource) := count({found |
	some found in data.rules.releases.workload_hardened.unknown with input as plans.production([resource])
})

test_a_confined_container_is_fine if {
	messages(deployment(pod, confined)) == set()
	unknown_of(deployment(pod, confined)) == 0
}

test_a_container_that_says_nothing_is_denied_for_each_thing if {
	bare := plans.made("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c"}], "init_container": []}]})
	messages(bare) == {
		"container c may gain privileges", "container c keeps capabilities",
		"container c runs without a seccomp profile", "container c may be root",
	}
}

test_each_fault_is_told_alone if {
	cases := {
		"container c is privileged": [pod, object.union(confined, {"privileged": true})],
		"container c may gain privileges": [pod, object.union(confined, {"allow_privilege_escalation": true})],
		"container c keeps capabilities": [pod, object.union(confined, {"capabilities": [{"drop": ["NET_RAW"]}]})],
		"container c gets more capabilities": [pod, object.union(confined, {"capabilities": [{"drop": ["ALL"], "add": ["SYS_ADMIN"]}]})],
		"container c runs without a seccomp profile": [pod, object.union(confined, {"seccomp_profile": [{"type": "Unconfined"}]})],
		"container c may be root": [pod, object.union(confined, {"run_as_user": "0"})],
	}
	every message, given in cases {
		messages(deployment(given[0], given[1])) == {message}
	}
}

test_what_the_container_says_counts_before_what_its_pod_says if {
	root := object.union(pod, {"run_as_user": "0", "run_as_non_root": false})
	silent := object.remove(confined, ["run_as_non_root"])
	messages(deployment(root, object.union(silent, {"run_as_user": "1000"}))) == set()
	messages(deployment(root, silent)) == {"container c may be root"}
	messages(deployment({"seccomp_profile": [{"type": "Localhost"}]}, confined)) == set()
	messages(deployment(object.remove(pod, ["run_as_user"]), confined)) == set()
	messages(deployment(object.remove(pod, ["run_as_user", "run_as_non_root"]), silent)) == {"container c may be root"}
}

taken_back := {"container c takes back the run_as_non_root of its pod, so that a restricted namespace refuses it"}

test_what_a_block_of_the_provider_leaves_out_is_sent_as_false if {
	every own in [object.remove(confined, ["run_as_non_root"]), object.union(confined, {"run_as_non_root": null}), object.union(confined, {"run_as_non_root": false})] {
		messages(deployment(pod, own)) == taken_back
		messages(deployment(object.remove(pod, ["run_as_user"]), own)) == {"container c may be root"}
	}

	# without a block of its own, the pod's word counts
	bare := plans.made("kubernetes_pod_v1", {"spec": [{"security_context": [pod], "container": [{"name": "c", "security_context": []}], "init_container": []}]})
	messages(bare) == {"container c may gain privileges", "container c keeps capabilities"}
}

test_a_low_port_needs_one_capability if {
	messages(deployment(pod, object.union(confined, {"capabilities": [{"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}]}))) == set()
}

test_jobs_and_their_init_containers_are_read_too if {
	job := {"template": [{"spec": [{"init_container": [{"name": "c"}], "container": []}]}]}
	given := plans.made("kubernetes_cron_job_v1", {"spec": [{"job_template": [{"spec": [job]}]}]})
	count(messages(given)) == 4
}

node(namespace, mine) := plans.made("kubernetes_daemon_set_v1", {
	"metadata": [{"namespace": namespace, "name": "node-local-dns"}],
	"spec": [{"template": [{"spec": [{"security_context": [], "container": [container(mine)], "init_container": []}]}]}],
})

test_what_has_to_be_root_on_its_node_is_listed_and_otherwise_confined if {
	own := object.union(object.remove(confined, ["run_as_non_root"]), {"capabilities": [{"drop": ["ALL"], "add": ["NET_ADMIN"]}], "seccomp_profile": [{"type": "RuntimeDefault"}]})
	messages(node("kube-system", own)) == set()
	messages(node("claims", own)) == {"container c may be root", "container c gets more capabilities"}
	messages(node("kube-system", object.union(own, {"privileged": true}))) == {"container c is privileged"}
}

object_of(around, own) := plans.made("kubernetes_manifest", {"manifest": {"kind": "Pod", "spec": {"securityContext": around, "containers": [{"name": "c", "securityContext": own}]}}})

test_an_object_in_kubernetes_own_words_is_read if {
	good := {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}
	around := {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}
	messages(object_of(around, good)) == set()
	messages(object_of(around, {"allowPrivilegeEscalation": true})) == {"container c may gain privileges", "container c keeps capabilities"}
	messages(object_of(object.union(around, {"runAsUser": 0}), good)) == {"container c may be root"}
	count(messages(object_of({}, {}))) == 4
	user := object.union(around, {"runAsUser": 1000})
	messages(object_of(user, good)) == set()
	messages(object_of(user, object.union(good, {"runAsNonRoot": false}))) == taken_back
}

test_a_context_that_is_known_only_at_apply_is_unknown if {
	every unknown in [
		{"spec": [{"template": [{"spec": [{"container": [{"security_context": [{"privileged": true}]}]}]}]}]},
		{"spec": [{"template": [{"spec": [{"security_context": true}]}]}]},
	] {
		given := plans.later(deployment(pod, object.union(confined, {"privileged": true})), unknown)
		messages(given) == set()
		unknown_of(given) == 1
	}
}

test_a_context_of_an_object_that_is_known_only_at_apply_is_unknown if {
	every unknown in [{"securityContext": {"runAsNonRoot": true}}, {"containers": [{"securityContext": {"privileged": true}}]}] {
		given := plans.later(object_of({}, {}), {"manifest": {"spec": unknown}})
		messages(given) == set()
		unknown_of(given) == 1
	}
}

test_containers_that_are_known_only_at_apply_are_unknown if {
	bare := plans.made("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{}]}]}]})
	every unknown in [
		{"spec": true},
		{"spec": [{"template": [{"spec": [{"container": true}]}]}]},
		{"spec": [{"template": [{"spec": [{"init_container": true}]}]}]},
	] {
		unknown_of(plans.later(bare, unknown)) == 1
	}
	unknown_of(bare) == 0
}

release(values) := plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [values]})

test_values_that_take_a_confinement_away_are_denied if {
	cases := {
		"securityContext: {privileged: true}": "securityContext.privileged is true",
		"a: {containerSecurityContext: {allowPrivilegeEscalation: true}}": "a.containerSecurityContext.allowPrivilegeEscalation is true",
		"podSecurityContext: {runAsNonRoot: false}": "podSecurityContext.runAsNonRoot is false",
		"podSecurityContext: {runAsUser: 0}": "podSecurityContext.runAsUser is 0",
		"podSecurityContext: {runAsUser: '0'}": `podSecurityContext.runAsUser is "0"`,
		"securityContext: {pod: {seccompProfile: {type: Unconfined}}}": `securityContext.pod.seccompProfile.type is "Unconfined"`,
		"securityContext: {capabilities: {drop: [ALL], add: [SYS_ADMIN]}}": `securityContext.capabilities.add is ["SYS_ADMIN"]`,
	}
	every values, message in cases {
		messages(release(values)) == {message}
		unknown_of(release(values)) == 0
	}
}

test_objects_of_a_chart_inside_the_module_are_told_once if {
	good := "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}"
	text := concat("", ["objects: {pod: {kind: Pod, spec: {containers: [{name: c, securityContext: {privileged: true, ", good, "}}]}}}"])
	local := plans.made("helm_release", {"name": "x", "chart": "./charts/objects", "version": "1.0.0", "values": [text]})
	messages(local) == {"container c is privileged"}
}

test_capabilities_of_the_node_are_denied_to_a_chart_wherever_they_stand if {
	every capability in ["ALL", "BPF", "NET_ADMIN", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE"] {
		count(messages(release(concat("", ["securityContext: {container: {capabilities: {add: [KILL, ", capability, "]}}}"])))) == 1
		unknown_of(written(concat("", [`capabilities = {add = ["KILL", "`, capability, `"]}`]))) == 1
	}
}

test_values_that_confine_or_say_nothing_are_fine if {
	every values in [
		"replicaCount: 3",
		"securityContext: {privileged: false, runAsNonRoot: true, runAsUser: 100, seccompProfile: {type: RuntimeDefault}}",
		"securityContext: {capabilities: {drop: [ALL], add: [CHOWN]}}",
		"service: {type: Unconfined, privileged: true, runAsUser: 0, runAsNonRoot: false, add: [ALL]}",
		"securityContext: {add: [ALL]}",
	] {
		messages(release(values)) == set()
		unknown_of(release(values)) == 0
	}
}

written(text) := plans.reads(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1"}), "values", {"constant_value": [concat("", ["${yamlencode({", text, ", role = aws_iam_role.this.arn})}"])], "references": ["aws_iam_role.this.arn"]})

test_values_that_are_known_only_at_apply_are_unknown_unless_they_are_written_confined if {
	later := plans.later(plans.made("helm_release", {"name": "x", "chart": "kong", "version": "3.4.1", "values": [null]}), {"values": [true]})
	unknown_of(later) == 1
	every text in [
		"a = 1",
		"securityContext = {privileged = false, runAsNonRoot = true, runAsUser = 100, capabilities = {drop = [\"ALL\"]}}",
	] {
		unknown_of(written(text)) == 0
	}
	every text in [
		"securityContext = {privileged = true}",
		"securityContext = {allowPrivilegeEscalation = true}",
		"securityContext = {privileged = var.privileged}",
		"securityContext = {runAsNonRoot = false}",
		"securityContext = {runAsUser = 0}",
		"securityContext = {capabilities = {add = [\"SYS_ADMIN\"]}}",
		"securityContext = {seccompProfile = {type = \"Unconfined\"}}",
	] {
		unknown_of(written(text)) == 1
	}
}

in_kind(version, kind, path) := plans.object_of(version, kind, "api", json.patch({}, array.concat(
	[{"op": "add", "path": step, "value": {}} | some step in path],
	[{"op": "add", "path": concat("", [path[count(path) - 1], "/containers"]), "value": [{"name": "c"}]}],
)))

kinds := [
	["v1", "Pod", ["/spec"]],
	["v1", "ReplicationController", ["/spec", "/spec/template", "/spec/template/spec"]],
	["apps/v1", "DaemonSet", ["/spec", "/spec/template", "/spec/template/spec"]],
	["apps/v1", "Deployment", ["/spec", "/spec/template", "/spec/template/spec"]],
	["apps/v1", "ReplicaSet", ["/spec", "/spec/template", "/spec/template/spec"]],
	["apps/v1", "StatefulSet", ["/spec", "/spec/template", "/spec/template/spec"]],
	["batch/v1", "Job", ["/spec", "/spec/template", "/spec/template/spec"]],
	["batch/v1", "CronJob", ["/spec", "/spec/jobTemplate", "/spec/jobTemplate/spec", "/spec/jobTemplate/spec/template", "/spec/jobTemplate/spec/template/spec"]],
]

test_the_containers_that_helm_makes_are_judged_in_every_kind_of_kubernetes if {
	every given in kinds {
		messages_of := {found.message | some found in data.rules.releases.workload_hardened.deny} with input as plans.rendered("prod", [in_kind(given[0], given[1], given[2])], [])
		messages_of == {concat("", [given[1], " claims/api: container c ", fault]) |
			some fault in ["may gain privileges", "keeps capabilities", "runs without a seccomp profile", "may be root"]
		}
	}
	count(data.rules.releases.workload_hardened.deny) == 0 with input as plans.rendered("prod", [in_kind("example.com/v1", "Deployment", ["/spec", "/spec/template", "/spec/template/spec"])], [])
}

good_pod := plans.pod_of(
	{"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}},
	{"securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}},
)

test_values_of_a_release_that_was_rendered_are_not_guessed_from if {
	weak := json.patch(plans.rendered("prod", [good_pod], []), [{"op": "add", "path": "/plan/resource_changes/0/change/after/values", "value": ["securityContext: {privileged: true}"]}])
	count(data.rules.releases.workload_hardened.deny) == 0 with input as weak
	count(data.rules.releases.workload_hardened.unknown) == 0 with input as weak
	later := json.patch(weak, [{"op": "add", "path": "/plan/resource_changes/0/change/after_unknown/values", "value": [true]}])
	count(data.rules.releases.workload_hardened.unknown) == 0 with input as later
	open := json.patch(later, [{"op": "replace", "path": "/groundplan/rendered/module.service.helm_release.this/unknown", "value": ["document 1 of 1"]}])
	{found.message | some found in data.rules.releases.workload_hardened.unknown} == {"may make other objects: document 1 of 1"} with input as open
}

test_a_context_that_waits_for_apply_is_unknown if {
	every given in [
		plans.pod_of({"securityContext": {"runAsUser": "known-after-apply"}}, {}),
		plans.pod_of({}, {"securityContext": {"runAsUser": "known-after-apply"}}),
	] {
		count(data.rules.releases.workload_hardened.deny) == 0 with input as plans.rendered("prod", [given], [])
		{found.message | some found in data.rules.releases.workload_hardened.unknown} == {"Pod claims/api: says only at apply how container c is confined"} with input as plans.rendered("prod", [given], [])
	}
	count(data.rules.releases.workload_hardened.unknown) == 0 with input as plans.rendered("prod", [plans.pod_of({}, {"env": [{"name": "A", "value": "known-after-apply"}]})], [])
}

test_what_has_to_be_root_on_its_node_is_listed_by_its_object_s_name if {
	agent := object.union(plans.pod_of({}, {"securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}, "seccompProfile": {"type": "RuntimeDefault"}}}), {"metadata": {"name": "node-agent", "namespace": "kube-system"}})
	count(data.rules.releases.workload_hardened.deny) == 0 with input as plans.rendered("prod", [agent], [])
	count(data.rules.releases.workload_hardened.deny) == 2 with input as plans.rendered("prod", [object.union(agent, {"metadata": {"namespace": "claims"}})], [])
	count(data.rules.releases.workload_hardened.deny) == 0 with input as plans.production([plans.made("kubernetes_manifest", {"manifest": agent})])
}

# A plan shows what the provider keeps of a release as unknown.
test_what_the_provider_will_know_of_a_release_leaves_nothing_unknown if {
	given := json.patch(plans.rendered("prod", [good_pod], []), [{"op": "add", "path": "/plan/resource_changes/0/change/after_unknown/manifest", "value": true}])
	count(data.rules.releases.workload_hardened.unknown) == 0 with input as given
}

agent_of(namespace, values) := plans.made("helm_release", {
	"name": "node-agent", "namespace": namespace, "chart": "agent", "repository": "https://charts.example.com", "version": "1.0.0",
	"values": [values],
})

test_a_release_that_nobody_rendered_may_run_as_root_what_is_listed_by_its_name_and_nothing_more if {
	root := `securityContext: {runAsNonRoot: false, runAsUser: 0}`
	messages(agent_of("kube-system", root)) == set()
	messages(agent_of("claims", root)) == {"securityContext.runAsNonRoot is false", "securityContext.runAsUser is 0"}
	messages(agent_of("kube-system", `securityContext: {runAsUser: 0, privileged: true}`)) == {"securityContext.privileged is true"}
}
