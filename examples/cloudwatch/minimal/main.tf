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

module "cloudwatch" {
  source = "../../../out/modules/cloudwatch"

  name     = "dev-alarms"
  channels = { owner = { severities = ["critical", "warning"], email = "platform@example.com" } }
}

output "topic_arns" {
  description = "Topics for alarms, by how bad things are."
  value       = module.cloudwatch.topic_arns
}
