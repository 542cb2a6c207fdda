# METADATA
# title: Nothing that runs can become root, or keeps what only root needs
# description: |
#   The Pod Security Standard "restricted", container by container: not root, no way to gain privileges, no
#   capabilities, the runtime's seccomp profile. What breaks out of a process then has little to break out with.
#   Of a release that groundplan renders, the containers themselves are judged. Of another it is judged what its values
#   say: they must not take away what the chart, or another document, has. https://kubernetes.io/docs/concepts/security/pod-security-standards/
#   In a container's security_context the kubernetes provider sends run_as_non_root as false where it is left out, and
#   what a container says counts before what its pod says: https://github.com/hashicorp/terraform-provider-kubernetes/blob/v2.38.0/kubernetes/structures_container.go
# custom:
#   id: releases/workload_hardened
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 2.2.6"
#     - "SOC 2: CC6.1"
#   fields: [securityContext]
#   fix: |
#     Set run_as_non_root and seccomp_profile of the pod, allow_privilege_escalation = false and
#     capabilities.drop = ["ALL"] of the container, and in a security_context of the kubernetes provider run_as_non_root
#     = true again. A workload that changes its node, as root, is listed in policies/parameters/workloads, with the
#     reason.
#   avoid:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - "containerSecurityContext:\n  privileged: true\n"
#   prefer:
#     helm_release:
#       name: kong
#       chart: kong
#       repository: https://charts.example.com
#       version: 3.4.1
#       values:
#       - "containerSecurityContext:\n  allowPrivilegeEscalation: false\n"
package rules.releases.workload_hardened

import data.lib.finding
import data.lib.helm
import data.lib.objects
import data.lib.plan
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "releases/workload_hardened", "severity": "major"}

deny contains found if some found in objects.denied(rule, faulty)

unknown contains found if some found in objects.unsettled(rule, faulty)

faulty := [[found, concat(" ", ["container", workloads.name(found), fault])] |
	some found in data.lib.workloads.containers
	not undecided(found)
	some fault in faults(found)
]

deny contains finding.on(rule, release, concat("", [path, " is ", json.marshal(setting)])) if {
	some release in data.lib.helm.releases
	not data.lib.rendered.releases[release.address]
	some [path, setting] in mentioned[release.address]
	weakens(path, setting)
	not root_of_its_node(release, path)
}

unknown contains found if some found in objects.waiting(rule, unclear)

unclear := [[found, concat("", ["says only at apply how container ", workloads.name(found), " is confined"])] |
	some found in data.lib.workloads.containers
	undecided(found)
]

unknown contains finding.on(rule, resource, "says only at apply which containers it runs") if {
	some [resource, path] in data.lib.workloads.pods
	some kind in ["container", "init_container"]
	plan.undecided(resource, array.concat(path, [kind]))
}

unknown contains finding.on(rule, release, "has values that are known only at apply, which may take a confinement away") if {
	some release in data.lib.helm.releases
	release.address in data.lib.helm.partial
	not data.lib.rendered.releases[release.address]
	not written_confined(release)
}

faults(found) := {fault |
	own := workloads.block(found.container, "security_context", "securityContext")
	around := workloads.block(found.pod, "security_context", "securityContext")
	some [fault, holds] in [
		["is privileged", value.at(own, ["privileged"], false) == true],
		["may gain privileges", workloads.pick(own, "allow_privilege_escalation", "allowPrivilegeEscalation") != false],
		["keeps capabilities", not_dropped(own)],
		["runs without a seccomp profile", seccomp(own, around) in {"", "Unconfined"}],
		["may be root", may_be_root(found, own, around)],
		["takes back the run_as_non_root of its pod, so that a restricted namespace refuses it", takes_back(found, own, around)],
		["gets more capabilities", gets_more(found, own)],
	]
	holds
}

not_dropped(own) := false if {
	"ALL" in value.list(value.at(capabilities(own), ["drop"], []))
} else := true

capabilities(own) := workloads.inner(value.at(own, ["capabilities"], null))

# The container's own, else the pod's.
seccomp(own, around) := type if {
	type := profile(own)
	type != ""
} else := profile(around)

profile(confined) := value.text(value.at(workloads.inner(workloads.pick(confined, "seccomp_profile", "seccompProfile")), ["type"], ""))

may_be_root(found, own, around) := false if {
	listed(found)
} else := is_zero if {
	user := said(own, around, "run_as_user", "runAsUser")
	not is_null(user)
	is_zero := user in {0, "0"}
} else := non_root(found, own, around) != true

takes_back(found, own, around) if {
	not listed(found)
	workloads.pick(around, "run_as_non_root", "runAsNonRoot") == true
	non_root(found, own, around) == false
	not may_be_root(found, own, around)
} else := false

# What is left out of a block of the provider's is sent as false.
non_root(found, own, around) := value.at(own, ["run_as_non_root"], null) == true if {
	own != {}
	found.path[count(found.path) - 2] in {"container", "init_container"}
} else := said(own, around, "run_as_non_root", "runAsNonRoot")

gets_more(found, own) := false if {
	listed(found)
} else := false if {
	every capability in value.list(value.at(capabilities(own), ["add"], [])) {
		capability == "NET_BIND_SERVICE"
	}
} else := true

# The container's own word, else the pod's.
said(own, around, block, field) := found if {
	found := workloads.pick(own, block, field)
	not is_null(found)
} else := workloads.pick(around, block, field)

# What has to be root on its node.
listed(found) if data.parameters.workloads.node_pods[found.home]

# A release that has the name of what is listed, where no chart is at hand to tell what else it runs.
root_of_its_node(release, path) if {
	regex.match(`ecurityContext\.(.*\.)?runAs(NonRoot|User)$`, path)
	place := [plan.known(release, ["namespace"], ""), plan.known(release, ["name"], "")]
	data.parameters.workloads.node_pods[concat("/", place)]
}

undecided(found) if {
	workloads.undecided(found, [found.path, array.slice(found.path, 0, count(found.path) - 2)], ["security_context", "securityContext"])
}

mentioned[release.address] := value.named(
	data.lib.helm.values[release.address],
	`^(add|allowPrivilegeEscalation|privileged|runAsNonRoot|runAsUser|type)$`,
) if {
	some release in data.lib.helm.releases
	not helm.local_chart(release)
}

weakens(path, true) if regex.match(`ecurityContext\.(.*\.)?(privileged|allowPrivilegeEscalation)$`, path)

weakens(path, false) if regex.match(`ecurityContext\.(.*\.)?runAsNonRoot$`, path)

weakens(path, user) if {
	regex.match(`ecurityContext\.(.*\.)?runAsUser$`, path)
	user in {0, "0"}
}

weakens(path, "Unconfined") if regex.match(`ecurityContext\.(.*\.)?seccompProfile\.type$`, path)

weakens(path, added) if {
	regex.match(`ecurityContext\.(.*\.)?capabilities\.add$`, path)
	some capability in value.list(added)
	capability in of_the_node
}

# With one of these a container is as good as root on its node.
of_the_node := {"ALL", "BPF", "NET_ADMIN", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE"}

written_confined(release) if {
	helm.written_literally(release, "privileged|allowPrivilegeEscalation", `^false$`)
	helm.written_literally(release, "runAsNonRoot", `^true$`)
	helm.written_literally(release, "runAsUser", `^[1-9][0-9]*$`)
	text := helm.written(release)
	not contains(text, `"Unconfined"`)
	every capability in of_the_node {
		not regex.match(concat("", [`\badd"? = \[[^\]]*"`, capability, `"`]), text)
	}
}
