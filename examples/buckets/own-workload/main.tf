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
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

module "buckets" {
  source = "../../../out/modules/buckets"

  name            = "prod-archive"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  kms_key         = { arn = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000" }

  stores = { thanos-blocks = { bucket_name = "example-thanos-blocks", tier_after_days = 30 } }
}

# the role of a workload that no module of this family installs
resource "aws_iam_role_policy" "thanos" {
  name   = "blocks"
  role   = "prod-thanos"
  policy = module.buckets.access_policies["thanos-blocks"]
}

output "bucket_name" {
  description = "Where the blocks are."
  value       = module.buckets.bucket_names["thanos-blocks"]
}
