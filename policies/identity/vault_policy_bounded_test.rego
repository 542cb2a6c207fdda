package tests.identity.vault_policy_bounded

import data.testing.plans

import rego.v1

written(policy) := plans.production([plans.made("vault_policy", {"name": "claims", "policy": policy})])

test_sudo_is_denied_wherever_it_is if {
	given := written(`{"path": {"claims/data/a": {"capabilities": ["read", "sudo"]}}}`)
	count(data.rules.identity.vault_policy_bounded.deny) == 1 with input as given
	count(data.rules.identity.vault_policy_bounded.unknown) == 0 with input as given
}

test_everything_is_denied if {
	every path in ["*", "+/config", "+", "cl*", "c*/data", "sys/*", "auth/*", "identity/*", "sys/+/raw"] {
		given := written(json.marshal({"path": {path: {"capabilities": ["read"]}}}))
		count(data.rules.identity.vault_policy_bounded.deny) == 1 with input as given
		count(data.rules.identity.vault_policy_bounded.unknown) == 0 with input as given
	}
}

test_paths_of_one_engine_are_fine if {
	every path in ["claims/*", "claims/+/keys", "sys/storage/raft/snapshot", "sys/leases/*", "auth/token/lookup-self", "database/creds/claims-*"] {
		given := written(json.marshal({"path": {path: {"capabilities": ["create", "read", "update", "delete", "list"]}}}))
		count(data.rules.identity.vault_policy_bounded.deny) == 0 with input as given
		count(data.rules.identity.vault_policy_bounded.unknown) == 0 with input as given
	}
}

test_taking_everything_away_is_fine if {
	given := written(`{"path": {"*": {"capabilities": ["deny"]}, "sys/*": {"capabilities": []}}}`)
	count(data.rules.identity.vault_policy_bounded.deny) == 0 with input as given
}

test_hcl_is_read if {
	narrow := "# not \"sudo\"\npath \"claims/data/*\" {\n  capabilities = [\"read\"]\n}\npath \"*\" {\n  capabilities = [\"deny\"]\n}\n"
	count(data.rules.identity.vault_policy_bounded.deny) == 0 with input as written(narrow)
	wide := "path \"kv/*\" {\n  allowed_parameters = { \"a\" = [] }\n  capabilities = [\"sudo\"]\n}\npath \"*\" {\n  policy = \"write\"\n}\n"
	count(data.rules.identity.vault_policy_bounded.deny) == 2 with input as written(wide)
	count(data.rules.identity.vault_policy_bounded.unknown) == 0 with input as written(wide)
}

test_every_capability_counts_in_hcl_and_nothing_else_does if {
	every word in ["create", "delete", "list", "patch", "read", "subscribe", "sudo", "update", "write"] {
		given := written(concat("", ["path \"+/a\" { capabilities = [\"", word, "\"] }"]))
		count(data.rules.identity.vault_policy_bounded.deny) > 0 with input as given
	}
	fine := "# \"sudo\" is for nobody\nname = \"sudo\"\npath \"*\" {\n  // not \"sudo\"\n  denied_parameters = { \"ttl\" = [] }\n  capabilities = [\"deny\"]\n}\n"
	count(data.rules.identity.vault_policy_bounded.deny) == 0 with input as written(fine)
}

test_a_policy_that_gives_nothing_is_fine if {
	every policy in ["", "{}", `{"path": {}}`, `{"path": []}`, "{ no json"] {
		count(data.rules.identity.vault_policy_bounded.deny) == 0 with input as written(policy)
	}
}

test_a_policy_known_only_at_apply_is_unknown if {
	given := plans.production([plans.later(plans.made("vault_policy", {"name": "claims"}), {"policy": true})])
	count(data.rules.identity.vault_policy_bounded.deny) == 0 with input as given
	count(data.rules.identity.vault_policy_bounded.unknown) == 1 with input as given
}
