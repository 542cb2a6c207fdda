# Says what would be deleted of a team's sandbox, by the tag that the team sets.

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
  regions         = ["us-east-1", "us-west-2"]

  kinds        = ["old_snapshot", "unassociated_address", "unattached_volume"]
  idle_days    = 7
  keep_tag_key = "team:keep"
  deletion     = { tag_key = "team:expires", tag_value = "yes", grace_days = 7 }
}

resource "aws_sns_topic_subscription" "team" {
  topic_arn = module.cleanup.topic_arn
  protocol  = "email"
  endpoint  = "sandbox@example.com"
}

output "search_function_name" {
  description = "What looks for waste, to be invoked by hand."
  value       = module.cleanup.search_function_name
}
