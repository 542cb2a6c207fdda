# A limit for each team, of what carries its tag, with a freeze that somebody approves.

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
      CostCenter         = "4711"
      DataClassification = "internal"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

locals {
  teams = {
    claims   = { limit = 4000, mail = "claims@example.com" }
    payments = { limit = 2500, mail = "payments@example.com" }
    policies = { limit = 1500, mail = "policies@example.com" }
  }
}

module "budgets" {
  source = "../../../out/modules/budgets"

  name            = "prod-teams"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  budgets = {
    for team, its in local.teams : team => {
      limit_amount = its.limit
      tag          = { key = "Owner", values = [team] }
      emails       = [its.mail]
      thresholds   = [{ percent = 90 }, { percent = 100, kind = "FORECASTED" }]
      action = {
        percent    = 120
        policy_arn = "arn:aws:iam::111122223333:policy/no-new-resources"
        role_names = ["${team}-deployer"]
      }
    }
  }
}

output "budget_names" {
  description = "The budgets in AWS Budgets, by team."
  value       = module.budgets.budget_names
}
