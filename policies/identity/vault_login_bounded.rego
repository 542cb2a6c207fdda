# METADATA
# title: Logins of pods to Vault name their service accounts and namespaces
# description: |
#   A role with * among its service accounts is everybody's who may make a pod in the namespace, one with
#   * among its namespaces everybody's who may name a service account: in a cluster of many teams either
#   gives one team's secrets to all. A token with the policy root may do everything, for ever.
# custom:
#   id: identity/vault_login_bounded
#   severity: critical
#   controls:
#     - "PCI DSS 4.0: 7.2.2"
#     - "PCI DSS 4.0: 8.6.1"
#     - "SOC 2: CC6.1"
#   fix: |
#     Name them in bound_service_account_names and bound_service_account_namespaces, and give the token
#     policies of its own.
#   avoid:
#     vault_kubernetes_auth_backend_role:
#       role_name: claims
#       bound_service_account_names: ["*"]
#       bound_service_account_namespaces: [claims]
#       token_policies: [claims]
#   prefer:
#     vault_kubernetes_auth_backend_role:
#       role_name: claims
#       bound_service_account_names: [claims-api]
#       bound_service_account_namespaces: [claims]
#       token_policies: [claims]
package rules.identity.vault_login_bounded

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "identity/vault_login_bounded", "severity": "critical"}

whom := {
	"bound_service_account_names": "lets every service account log in",
	"bound_service_account_namespaces": "lets pods of every namespace log in",
}

deny contains finding.on(rule, role, words) if {
	some role in plan.of("vault_kubernetes_auth_backend_role")
	some attribute, words in whom
	"*" in value.list(plan.known(role, [attribute], []))
}

deny contains finding.on(rule, role, "gives the policy root") if {
	some role in plan.of("vault_kubernetes_auth_backend_role")
	"root" in value.list(plan.known(role, ["token_policies"], []))
}

unknown contains finding.on(rule, role, "says only at apply who may log in") if {
	some role in plan.of("vault_kubernetes_auth_backend_role")
	some attribute, _ in whom
	plan.partly_unknown(role, [attribute])
}
