# METADATA
# title: State machines are logged in full, and traced
# description: |
#   A standard machine's history is gone 90 days after its end, and an express machine has none but its log. Without the
#   level ALL a log has what failed, and not what was done before; without a trace a slow step ends at its own border.
#   Whether the data that goes through a machine may be in its log is another matter: include_execution_data decides it.
# custom:
#   id: functions/state_machine_observed
#   severity: major
#   controls:
#     - "PCI DSS 4.0: 10.2.1"
#     - "SOC 2: CC7.2"
#   fix: |
#     Set logging_configuration with level ALL and the ARN of a log group, ending in :*, and
#     tracing_configuration with enabled true.
#   avoid:
#     aws_sfn_state_machine:
#       name: prod-claims
#       logging_configuration:
#       - level: ERROR
#         log_destination: arn:aws:logs:us-east-1:111122223333:log-group:/aws/vendedlogs/states/prod-claims:*
#       tracing_configuration:
#       - enabled: true
#   prefer:
#     aws_sfn_state_machine:
#       name: prod-claims
#       logging_configuration:
#       - level: ALL
#         log_destination: arn:aws:logs:us-east-1:111122223333:log-group:/aws/vendedlogs/states/prod-claims:*
#       tracing_configuration:
#       - enabled: true
package rules.functions.state_machine_observed

import data.lib.finding
import data.lib.plan

import rego.v1

rule := {"id": "functions/state_machine_observed", "severity": "major"}

level := ["logging_configuration", 0, "level"]

traced := ["tracing_configuration", 0, "enabled"]

deny contains finding.on(rule, machine, "does not log all of its events") if {
	some machine in plan.of("aws_sfn_state_machine")
	not plan.undecided(machine, level)
	plan.text(machine, level) != "ALL"
}

deny contains finding.on(rule, machine, "is not traced") if {
	some machine in plan.of("aws_sfn_state_machine")
	not plan.undecided(machine, traced)
	not plan.known(machine, traced, false) in {true, "true"}
}

unknown contains finding.on(rule, machine, "says only at apply what it logs") if {
	some machine in plan.of("aws_sfn_state_machine")
	plan.undecided(machine, level)
}

unknown contains finding.on(rule, machine, "says only at apply whether it is traced") if {
	some machine in plan.of("aws_sfn_state_machine")
	plan.undecided(machine, traced)
}
