# METADATA
# title: Budgets tell somebody before they are spent
# description: |
#   A budget without a notification is a number in a console. One that tells only after its limit is
#   reached tells of money that is gone.
# custom:
#   id: alarms/budget_told
#   severity: major
#   controls:
#     - "SOC 2: CC7.2"
#   fix: |
#     Give the budget a notification with addresses or a topic, at 100 percent of its limit or less, or
#     at a forecast.
#   avoid:
#     aws_budgets_budget:
#       name: prod
#       budget_type: COST
#       limit_amount: '15000'
#       notification: []
#   prefer:
#     aws_budgets_budget:
#       name: prod
#       budget_type: COST
#       limit_amount: '15000'
#       notification:
#       - notification_type: ACTUAL
#         threshold: 80
#         threshold_type: PERCENTAGE
#         subscriber_email_addresses:
#         - platform@example.com
package rules.alarms.budget_told

import data.lib.finding
import data.lib.plan
import data.lib.value

import rego.v1

rule := {"id": "alarms/budget_told", "severity": "major"}

subscribers := {"subscriber_email_addresses", "subscriber_sns_topic_arns"}

deny contains finding.on(rule, budget, "tells nobody") if {
	some budget in settled
	count([number | some number, _ in notifications(budget); heard(budget, number)]) == 0
}

deny contains finding.on(rule, budget, "tells only when its limit is passed") if {
	some budget in settled
	told := [number | some number, _ in notifications(budget); heard(budget, number)]
	count(told) > 0
	count([number | some number in told; in_time(budget, number)]) == 0
}

unknown contains finding.on(rule, budget, "says only at apply whom it tells") if {
	some budget in plan.of("aws_budgets_budget")
	plan.undecided(budget, ["notification"])
}

settled contains budget if {
	some budget in plan.of("aws_budgets_budget")
	not plan.undecided(budget, ["notification"])
}

notifications(budget) := value.list(plan.known(budget, ["notification"], []))

heard(budget, number) if {
	some where in subscribers
	count(value.list(plan.known(budget, ["notification", number, where], []))) > 0
}

# an address that comes at apply is one: nobody writes the list without
heard(budget, number) if {
	some where in subscribers
	plan.partly_unknown(budget, ["notification", number, where])
}

in_time(budget, number) if plan.text(budget, ["notification", number, "notification_type"]) == "FORECASTED"

in_time(budget, number) if plan.text(budget, ["notification", number, "threshold_type"]) == "ABSOLUTE_VALUE"

in_time(budget, number) if plan.number(budget, ["notification", number, "threshold"], 0) <= 100
