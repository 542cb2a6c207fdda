# Looks for waste in one region, and deletes nothing.

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

module "cleanup" {
  source = "../../../out/modules/cleanup"

  name            = "sandbox-cleanup"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  bucket_name     = "sandbox-cleanup-111122223333"
  regions         = ["us-east-1"]
}

output "bucket_name" {
  description = "Where findings/latest.json is."
  value       = module.cleanup.bucket_name
}
