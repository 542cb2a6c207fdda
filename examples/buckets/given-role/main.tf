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

module "buckets" {
  source = "../../../out/modules/buckets"

  name            = "prod-archive"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  stores = { thanos-blocks = { bucket_name = "example-thanos-blocks", tier_after_days = 30 } }
}

# the role of a workload that no module of this family installs
resource "aws_iam_role_policy" "thanos" {
  name   = "blocks"
  role   = "prod-thanos"
  policy = module.buckets.access_policies["thanos-blocks"]
}
