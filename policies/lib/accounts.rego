# METADATA
# description: |
#   Whose an AWS account is. The plan's own accounts are those that its providers are bound to
#   (allowed_account_ids, assume_role) and the one that aws_caller_identity answered; others are trusted only when
#   parameters/identity/accounts lists them, with a reason.
package lib.accounts

import data.lib.plan
import data.lib.value

import rego.v1

own contains account if {
	some provider in data.lib.plan.providers
	some account in value.strings(plan.literal(value.at(provider, ["expressions", "allowed_account_ids"], null)))
	is_account(account)
}

own contains account if {
	some provider in data.lib.plan.providers
	some block in value.list(value.at(provider, ["expressions", "assume_role"], []))
	account := of_arn(value.text(plan.literal(value.at(block, ["role_arn"], null))))
	is_account(account)
}

own contains account if {
	some answer in data.lib.plan.answers.aws_caller_identity
	account := value.text(value.at(answer, ["account_id"], ""))
	is_account(account)
}

is_account(text) if regex.match(`^[0-9]{12}$`, text)

# The account that an ARN names; "" when it names none.
of_arn(arn) := parts[4] if {
	parts := split(arn, ":")
	parts[0] == "arn"
	count(parts) > 5
} else := ""

# One of: own, foreign, unknown (the plan does not say whose it is).
whose(account) := "own" if {
	account in data.lib.accounts.own
} else := "own" if {
	data.parameters.identity.accounts.trusted[account]
} else := "unknown" if {
	count(data.lib.accounts.own) == 0
} else := "foreign"

# An account that may be told from anybody's: the plan's own, or any while the plan does not say which those are.
may_be_own(account) if {
	is_account(account)
	whose(account) != "foreign"
}
