# METADATA
# title: No policy of Vault gives sudo, nor everything of several engines
# description: |
#   sudo opens what Vault keeps for its administrators: audit devices, seals, raw storage. A path whose
#   first part is a wildcard is every engine that there is and every one to come; sys/*, auth/* and
#   identity/* are Vault itself, so that whoever has them writes policies for himself. Either is a root
#   token by another name, and needs somebody who answers for it.
# custom:
#   id: identity/vault_policy_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.2"
#     - "SOC 2: CC6.3"
#   fix: |
#     Name the engine and what is needed of it, claims/data/*; for the few who administer Vault, waive
#     this rule for their policy alone.
#   avoid:
#     vault_policy:
#       name: claims
#       policy: '{"path":{"*":{"capabilities":["read","sudo"]}}}'
#   prefer:
#     vault_policy:
#       name: claims
#       policy: '{"path":{"claims/data/*":{"capabilities":["read"]},"sys/*":{"capabilities":["deny"]}}}'
package rules.identity.vault_policy_bounded

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "identity/vault_policy_bounded", "severity": "critical"}

deny contains finding.on(rule, policy, concat("", ["gives sudo on ", granted.path])) if {
	some policy in plan.of("vault_policy")
	some granted in grants(policy)
	"sudo" in granted.capabilities
}

deny contains finding.on(rule, policy, concat("", ["gives ", concat(", ", granted.capabilities), " on ", granted.path, ", which is ", reach])) if {
	some policy in plan.of("vault_policy")
	some granted in grants(policy)
	count(granted.capabilities - {"deny"}) > 0
	reach := wide(granted.path)
}

unknown contains finding.on(rule, policy, "says only at apply what it gives") if {
	some policy in plan.of("vault_policy")
	plan.unknown_at(policy, ["policy"])
}

# Vault reads a policy as JSON or as HCL: https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
grants(policy) := [{"path": path, "capabilities": {each | some each in value.list(value.at(granted, ["capabilities"], []))}} |
	some path, granted in value.map(value.at(value.from_json(plan.text(policy, ["policy"])), ["path"], {}))
] if {
	written_in_json(policy)
} else := [{"path": path, "capabilities": in_words(block)} |
	some index, part in regex.split(`\bpath\s+"`, regex.replace(plan.text(policy, ["policy"]), `(?m)^\s*(#|//).*$`, ""))
	index > 0
	path := split(part, `"`)[0]
	block := substring(part, count(path), -1)
]

written_in_json(policy) if startswith(trim_space(plan.text(policy, ["policy"])), "{")

# In HCL, every word in quotes that gives something; `policy = "write"` is an older way to say several of them.
in_words(block) := {word |
	some quoted in regex.find_n(`"[a-z]+"`, block, -1)
	word := trim(quoted, `"`)
	word in {"create", "delete", "list", "patch", "read", "subscribe", "sudo", "update", "write"}
}

wide(path) := "every engine" if regex.match(`^[^/]*[*+]`, path)

wide(path) := "Vault itself" if regex.match(`^(sys|auth|identity)/[*+]`, path)
