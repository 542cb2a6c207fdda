package tests.lib.accounts

import data.lib.accounts
import data.testing.plans

import rego.v1

bound(literals) := plans.with_provider(plans.production([]), {"allowed_account_ids": {"constant_value": literals}})

assuming(arn) := plans.with_provider(plans.production([]), {"assume_role": [{"role_arn": {"constant_value": arn}}]})

answered(account) := object.union(plans.production([]), {"plan": object.union(plans.production([]).plan, {"prior_state": {"values": {"root_module": {"resources": [{
	"address": "data.aws_caller_identity.current",
	"mode": "data",
	"type": "aws_caller_identity",
	"values": {"account_id": account},
}]}}}})})

own(given) := {account | some account in data.lib.accounts.own with input as given}

test_the_plan_s_own_accounts_are_those_of_its_providers if {
	own(bound(["444455556666"])) == {"444455556666"}
	own(assuming("arn:aws:iam::444455556666:role/deployer")) == {"444455556666"}
	own(answered("444455556666")) == {"444455556666"}
}

test_what_is_no_number_of_an_account_is_none_of_the_plan_s if {
	every wrong in ["", "default", "44445555666", "4444555566667", "44445555666x"] {
		count(own(bound([wrong]))) == 0
		count(own(assuming(concat("", ["arn:aws:iam::", wrong, ":role/deployer"])))) == 0
		count(own(answered(wrong))) == 0
	}
}

test_an_arn_names_the_account_in_its_fifth_place if {
	accounts.of_arn("arn:aws:iam::444455556666:role/deployer") == "444455556666"
	accounts.of_arn("arn:aws:sns:us-east-1:444455556666:topic") == "444455556666"
	accounts.of_arn("arn:aws:s3:::claims") == ""
}

test_what_is_no_arn_names_no_account if {
	every text in ["", "444455556666", "arn:aws:iam::444455556666", "urn:aws:iam::444455556666:role/deployer"] {
		accounts.of_arn(text) == ""
	}
}

test_an_account_is_own_foreign_or_not_known if {
	accounts.whose("444455556666") == "own" with input as bound(["444455556666"])
	accounts.whose("777788889999") == "foreign" with input as bound(["444455556666"])
	accounts.whose("777788889999") == "unknown" with input as plans.production([])
}

test_an_account_that_is_trusted_for_a_reason_counts_as_own if {
	trusted := {"777788889999": "our auditors"}
	accounts.whose("777788889999") == "own" with input as bound(["444455556666"])
		with data.parameters.identity.accounts.trusted as trusted
	accounts.whose("777788889999") == "own" with input as plans.production([])
		with data.parameters.identity.accounts.trusted as trusted
}

test_only_an_account_that_is_not_foreign_may_be_own if {
	accounts.may_be_own("444455556666") with input as bound(["444455556666"])
	accounts.may_be_own("777788889999") with input as plans.production([])
	not accounts.may_be_own("777788889999") with input as bound(["444455556666"])
	not accounts.may_be_own("somebody") with input as plans.production([])
}
