package tests.identity.vault_login_bounded

import data.testing.plans

import rego.v1

login(names, namespaces, policies) := plans.made("vault_kubernetes_auth_backend_role", {
	"role_name": "claims",
	"bound_service_account_names": names,
	"bound_service_account_namespaces": namespaces,
	"token_policies": policies,
})

test_a_login_of_named_service_accounts_is_fine if {
	given := plans.production([login(["claims-api", "claims-worker"], ["claims"], ["claims"])])
	count(data.rules.identity.vault_login_bounded.deny) == 0 with input as given
	count(data.rules.identity.vault_login_bounded.unknown) == 0 with input as given
}

test_every_service_account_is_denied if {
	given := plans.production([login(["*"], ["claims"], ["claims"])])
	count(data.rules.identity.vault_login_bounded.deny) == 1 with input as given
}

test_every_namespace_is_denied if {
	given := plans.production([login(["claims-api"], ["claims", "*"], ["claims"])])
	count(data.rules.identity.vault_login_bounded.deny) == 1 with input as given
}

test_the_policy_root_is_denied if {
	given := plans.production([login(["claims-api"], ["claims"], ["root"])])
	count(data.rules.identity.vault_login_bounded.deny) == 1 with input as given
	count(data.rules.identity.vault_login_bounded.unknown) == 0 with input as given
}

test_namespaces_by_a_selector_are_fine if {
	given := plans.production([plans.made("vault_kubernetes_auth_backend_role", {"bound_service_account_names": ["claims-api"], "bound_service_account_namespace_selector": "{}"})])
	count(data.rules.identity.vault_login_bounded.deny) == 0 with input as given
	count(data.rules.identity.vault_login_bounded.unknown) == 0 with input as given
}

test_who_is_known_only_at_apply_is_unknown if {
	every unknown in [{"bound_service_account_names": true}, {"bound_service_account_namespaces": [true]}] {
		given := plans.production([plans.later(login(["claims-api"], ["claims"], ["claims"]), unknown)])
		count(data.rules.identity.vault_login_bounded.deny) == 0 with input as given
		count(data.rules.identity.vault_login_bounded.unknown) == 1 with input as given
	}
}
