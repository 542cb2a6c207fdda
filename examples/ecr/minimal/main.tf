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
}

module "ecr" {
  source = "../../../out/modules/ecr"

  name            = "prod-images"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  repositories = { "claims/api" = {} }
}

output "repository_urls" {
  description = "What image references begin with."
  value       = module.ecr.repository_urls
}

output "pull_policy_arn" {
  description = "To attach to the role of the cluster's nodes."
  value       = module.ecr.pull_policy_arn
}
