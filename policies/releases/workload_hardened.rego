# METADATA
# title: Nothing that runs can become root, or keeps what only root needs
# description: |
#   The Pod Security Standard "restricted", container by container: not root, no way to gain privileges, no
#   capabilities, the runtime's seccomp profile. What breaks out of a process then has little to break out with.
#   Of a chart it is judged what the release's values say: they must not take away what the chart, or another
#   document, has. https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   id: releases/workload_hardened
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 2.2.6"
#     - "SOC 2: CC6.1"
#   fix: |
#     Set run_as_non_root and seccomp_profile of the pod, allow_privilege_escalation = false and
#     capabilities.drop = ["ALL"] of the container. A workload that changes its node, as root, is listed in
#     policies/parameters/workloads, with the reason.
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
import data.lib.plan
import data.lib.value
import data.lib.workloads

import rego.v1

rule := {"id": "releases/workload_hardened", "severity": "major"}

deny contains finding.on(rule, found.resource, concat("", ["container ", name(found), " ", fault])) if {
	some found in data.lib.workloads.containers
	not undecided(found)
	some fault in faults(found)
}

deny contains finding.on(rule, release, concat("", [path, " is ", json.marshal(setting)])) if {
	some release in data.lib.helm.releases
	some [path, setting] in mentioned[release.address]
	weakens(path, setting)
}

unknown contains finding.on(rule, found.resource, concat("", ["says only at apply how container ", name(found), " is confined"])) if {
	some found in data.lib.workloads.containers
	undecided(found)
}

unknown contains finding.on(rule, resource, "says only at apply which containers it runs") if {
	some [resource, path] in data.lib.workloads.pods
	some kind in ["container", "init_container"]
	plan.undecided(resource, array.concat(path, [kind]))
}

unknown contains finding.on(rule, release, "has values that are known only at apply, which may take a confinement away") if {
	some release in data.lib.helm.releases
	release.address in data.lib.helm.partial
	not written_confined(release)
}

name(found) := value.text(value.at(found.container, ["name"], ""))

faults(found) := {fault |
	own := context(found.container)
	around := context(found.pod)
	some [fault, holds] in [
		["is privileged", value.at(own, ["privileged"], false) == true],
		["may gain privileges", pick(own, "allow_privilege_escalation", "allowPrivilegeEscalation") != false],
		["keeps capabilities", not_dropped(own)],
		["runs without a seccomp profile", seccomp(own, around) in {"", "Unconfined"}],
		["may be root", may_be_root(found, own, around)],
		["gets more capabilities", gets_more(found, own)],
	]
	holds
}

# Both providers' words: security_context is a list of one block, securityContext an object.
context(holder) := inner(pick(holder, "security_context", "securityContext"))

inner(block) := block if {
	is_object(block)
} else := found if {
	found := value.list(block)[0]
} else := {}

# What stands under either name; null when nothing does.
pick(holder, block, field) := value.at(holder, [block], value.at(holder, [field], null))

not_dropped(own) := false if {
	"ALL" in value.list(value.at(capabilities(own), ["drop"], []))
} else := true

capabilities(own) := inner(value.at(own, ["capabilities"], null))

# The container's own, else the pod's.
seccomp(own, around) := type if {
	type := profile(own)
	type != ""
} else := profile(around)

profile(confined) := value.text(value.at(inner(pick(confined, "seccomp_profile", "seccompProfile")), ["type"], ""))

may_be_root(found, own, around) := false if {
	listed(found)
} else := is_zero if {
	user := said(own, around, "run_as_user", "runAsUser")
	not is_null(user)
	is_zero := user in {0, "0"}
} else := said(own, around, "run_as_non_root", "runAsNonRoot") != true

gets_more(found, own) := false if {
	listed(found)
} else := false if {
	every capability in value.list(value.at(capabilities(own), ["add"], [])) {
		capability == "NET_BIND_SERVICE"
	}
} else := true

# The container's own word, else the pod's.
said(own, around, block, field) := found if {
	found := pick(own, block, field)
	not is_null(found)
} else := pick(around, block, field)

# What has to be root on its node.
listed(found) if {
	place := concat("/", [workloads.namespace(found.resource), plan.text(found.resource, ["metadata", 0, "name"])])
	data.parameters.workloads.node_pods[place]
}

undecided(found) if {
	some word in ["security_context", "securityContext"]
	some holder in [found.path, array.slice(found.path, 0, count(found.path) - 2)]
	plan.partly_unknown(found.resource, array.concat(holder, [word]))
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
