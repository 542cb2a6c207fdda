package tests.releases.host_access

import data.testing.plans

import rego.v1

messages(objects) := {found.message | some found in data.rules.releases.host_access.deny with input as plans.rendered("prod", objects, [])}

unknowns(objects) := {found.message | some found in data.rules.releases.host_access.unknown with input as plans.rendered("prod", objects, [])}

of_manifest(object) := {found.message | some found in data.rules.releases.host_access.deny with input as plans.production([plans.made("kubernetes_manifest", {"manifest": object})])}

of_resource(type, after) := {found.message | some found in data.rules.releases.host_access.deny with input as plans.production([plans.made(type, after)])}

test_each_way_into_the_node_is_denied if {
	cases := {
		"shares its node's network": plans.pod_of({"hostNetwork": true}, {}),
		"shares its node's processes": plans.pod_of({"hostPID": true}, {}),
		"shares its node's memory between processes": plans.pod_of({"hostIPC": true}, {}),
		"mounts /var/run of its node": plans.pod_of({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/var/run"}}]}, {}),
		"container c takes port 1 of its node": plans.pod_of({}, {"ports": [{"containerPort": 80}, {"hostPort": 1}]}),
	}
	every message, object in cases {
		messages([object]) == {concat("", ["Pod claims/api: ", message])}
		of_manifest(object) == {message}
	}
}

test_the_provider_s_own_words_are_read if {
	cases := {
		"shares its node's network": {"host_network": true},
		"shares its node's processes": {"host_pid": true},
		"shares its node's memory between processes": {"host_ipc": true},
		"mounts /var/run of its node": {"volume": [{"host_path": [{"path": "/var/run"}]}]},
		"container c takes port 8080 of its node": {"container": [{"name": "c", "port": [{"host_port": 8080}]}]},
	}
	every message, pod in cases {
		of_resource("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [pod]}]}]}) == {message}
	}
}

test_a_pod_of_its_own_is_fine if {
	every object in [
		plans.pod_of({}, {}),
		plans.pod_of({"hostNetwork": false, "hostPID": false, "hostIPC": false, "volumes": [{"emptyDir": {}}]}, {"ports": [{"containerPort": 80, "hostPort": 0}]}),
	] {
		messages([object]) == set()
		unknowns([object]) == set()
	}
}

agent(name, around) := object.union(plans.pod_of(around, {}), {"metadata": {"name": name, "namespace": "kube-system"}})

test_what_has_to_reach_into_its_node_is_listed_with_what_it_may if {
	messages([agent("node-agent", {"volumes": [{"hostPath": {"path": "/var/lib/kubelet/pods"}}, {"hostPath": {"path": "/var/lib/kubelet/plugins"}}]})]) == set()
	messages([agent("node-agent", {"volumes": [{"hostPath": {"path": "/"}}]})]) == {"Pod kube-system/node-agent: mounts / of its node"}
	messages([agent("node-local-dns", {"hostNetwork": true, "volumes": [{"hostPath": {"path": "/run/xtables.lock"}}]})]) == set()
	messages([agent("node-local-dns", {"hostPID": true})]) == {"Pod kube-system/node-local-dns: shares its node's processes"}
	messages([agent("other", {"hostNetwork": true})]) == {"Pod kube-system/other: shares its node's network"}
	ported := {"kube-system/other": {"may": ["9100"]}}
	count(data.rules.releases.host_access.deny) == 0 with input as plans.rendered("prod", [object.union(plans.pod_of({}, {"ports": [{"hostPort": 9100}]}), {"metadata": {"name": "other", "namespace": "kube-system"}})], [])
		with data.parameters.workloads.node_access as ported
}

test_what_only_apply_tells_is_unknown if {
	every around in [
		{"hostNetwork": "known-after-apply"}, {"hostPID": "known-after-apply"}, {"hostIPC": "known-after-apply"},
		{"volumes": [{"hostPath": {"path": "known-after-apply"}}]},
	] {
		messages([plans.pod_of(around, {})]) == set()
		unknowns([plans.pod_of(around, {})]) == {"Pod claims/api: says only at apply what it shares with its node"}
	}
	ports := plans.pod_of({}, {"ports": [{"hostPort": "known-after-apply"}]})
	unknowns([ports]) == {"Pod claims/api: says only at apply which ports of its node container c takes"}
	every unknown in [{"host_network": true}, {"host_pid": true}, {"host_ipc": true}, {"volume": true}, {"container": [{"port": true}]}] {
		resource := plans.later(plans.made("kubernetes_pod_v1", {"spec": [{"container": [{"name": "c"}]}]}), {"spec": [unknown]})
		count(data.rules.releases.host_access.unknown) == 1 with input as plans.production([resource])
	}
}

test_a_release_that_may_make_other_objects_is_unknown if {
	given := plans.rendered("prod", [plans.pod_of({"hostPID": true}, {})], ["document 2 of 2 is known only after apply"])
	count(data.rules.releases.host_access.deny) == 0 with input as given
	{found.message | some found in data.rules.releases.host_access.unknown} == {
		"Pod claims/api: shares its node's processes, unless this says otherwise: document 2 of 2 is known only after apply",
		"may make other objects: document 2 of 2 is known only after apply",
	} with input as given
}
