# One limit for an account.

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

module "budgets" {
  source = "../../../out/modules/budgets"

  name            = "sandbox-budgets"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  budgets = { account = { limit_amount = 500 } }
}

output "topic_arn" {
  description = "What is told of costs, for whoever wants to hear."
  value       = module.budgets.topic_arn
}
