# A shell for who works on one cluster.

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

module "cloudshell" {
  source = "../../../out/modules/cloudshell"

  name            = "prod-cloudshell"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  cluster_name    = "prod"
  bucket_name     = "prod-cloudshell-111122223333"

  developers = { developers = { role_arn = "arn:aws:iam::111122223333:role/developers" } }
}

output "bootstrap_command" {
  description = "What people paste into a new shell."
  value       = module.cloudshell.bootstrap_command
}
