# Everything that can be told of production's costs, and the limits of a sandbox in the same account.

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

module "prod" {
  source = "../../../out/modules/budgets"

  name            = "prod-budgets"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  emails          = ["platform@example.com", "finance@example.com"]

  budgets = {
    account       = { limit_amount = 20000 }
    environment   = { limit_amount = 15000, amortized = true, tag = { key = "Environment", values = ["prod"] } }
    observability = { limit_amount = 3000, tag = { key = "Service", values = ["loki", "mimir", "tempo"] } }
    databases = {
      limit_amount = 200
      time_unit    = "DAILY"
      services     = ["Amazon Relational Database Service"]
      thresholds   = [{ percent = 100 }]
    }
  }

  slack     = { team_id = "T012ABCDEFG", channel_id = "C012ABCDEFG" }
  anomalies = { threshold_amount = 100, threshold_percent = 20 }
}

module "sandbox" {
  source = "../../../out/modules/budgets"

  name            = "sandbox-budgets"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  budgets = {
    environment = {
      limit_amount = 300
      tag          = { key = "Environment", values = ["sandbox"] }
      action = {
        percent    = 100
        approval   = "AUTOMATIC"
        policy_arn = "arn:aws:iam::111122223333:policy/no-new-resources"
        role_names = ["sandbox-deployer"]
      }
    }
  }

  # the account has one monitor of all services, which prod makes
}

output "topics" {
  description = "What is told of costs, by environment."
  value       = { prod = module.prod.topic_arn, sandbox = module.sandbox.topic_arn }
}
