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
  # One call a team: what a module names must not collide when it is called twice.
  teams = {
    claims   = { access = {}, audit = { retention_days = 3653, silence_hours = 1 } }
    payments = { access = {} }
  }
}

module "step_functions" {
  for_each = local.teams
  source   = "../../../out/modules/step_functions"

  name            = "prod-${each.key}-step-functions"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"

  logs = each.value
}

output "log_group_names" {
  description = "Where each team's services write, by team and log."
  value       = { for team, made in module.step_functions : team => made.log_group_names }
}
