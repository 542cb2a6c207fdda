terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "restricted"
      ManagedBy          = "terraform"
    }
  }
}

locals {
  function = "arn:aws:lambda:us-east-1:111122223333:function"
  queue    = "https://sqs.us-east-1.amazonaws.com/111122223333/exceptions"

  # One call a team: what a module names must not collide when it is called twice.
  teams = {
    claims   = { function = "claims-reminder", cron = "cron(0 8 ? * MON-FRI *)" }
    policies = { function = "policies-reminder", cron = "cron(0 9 ? * MON-FRI *)" }
  }
}

module "workflow" {
  for_each = local.teams
  source   = "../../../out/modules/step_functions"

  name                     = "prod-${each.key}-workflow"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"
  runbooks_url             = "https://runbooks.example.com"
  log_retention_days       = 400
  tags                     = { Team = each.key }

  kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000002" }

  machines = {
    reminder = {
      definition = jsonencode({
        QueryLanguage  = "JSONata"
        StartAt        = "Remind"
        TimeoutSeconds = 900
        States = {
          Remind = {
            Type           = "Task"
            Resource       = "arn:aws:states:::lambda:invoke"
            Arguments      = { FunctionName = "${local.function}:${each.value.function}", Payload = "{% $states.input %}" }
            TimeoutSeconds = 300
            Retry          = [{ ErrorEquals = ["Lambda.TooManyRequestsException"], MaxAttempts = 4 }]
            Catch          = [{ ErrorEquals = ["States.ALL"], Next = "Ask people" }]
            End            = true
          }
          "Ask people" = {
            Type      = "Task"
            Resource  = "arn:aws:states:::sqs:sendMessage"
            Arguments = { QueueUrl = local.queue, MessageBody = "{% $states.input %}" }
            Catch     = [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]
            Next      = "Failed"
          }
          Failed = { Type = "Fail", Error = "NotReminded" }
        }
      })
      access = [
        { actions = ["lambda:InvokeFunction"], resources = ["${local.function}:${each.value.function}"] },
        { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:us-east-1:111122223333:exceptions"] },
      ]
      used_keys = [{
        arn      = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000001"
        services = ["sqs"]
      }]
      log_execution_data = false
      failed_executions  = 2
      rollout            = { percent = 50, earlier_version = 1 }
      schedules = {
        mornings = {
          expression       = each.value.cron
          time_zone        = "America/New_York"
          input            = jsonencode({ team = each.key })
          flexible_minutes = 5
        }
      }
    }

    # each at least once, and within five minutes: what it does must be the same when it is done twice
    quick = {
      type = "EXPRESS"
      definition = jsonencode({
        QueryLanguage = "JSONata"
        StartAt       = "Answer"
        States        = { Answer = { Type = "Pass", Output = "{% $states.input %}", End = true } }
      })
    }
  }
}

output "alias_arns" {
  description = "What to start, by team and machine."
  value       = { for team, made in module.workflow : team => made.alias_arns }
}

output "starter_policies" {
  description = "What whoever starts a machine must be allowed, by team and machine."
  value       = { for team, made in module.workflow : team => made.starter_policies }
}
