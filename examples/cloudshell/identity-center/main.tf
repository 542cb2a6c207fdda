# People of IAM Identity Center: their permission set names the policy.

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

  developers = {
    support = {
      role_arn      = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_support_0a1b2c3d4e5f6071"
      namespaces    = ["claims", "payments"]
      attach_policy = false
    }
  }
}

output "permission_set_policy" {
  description = "Name for aws_ssoadmin_customer_managed_policy_attachment, in the account that Identity Center is in."
  value       = module.cloudshell.use_policy_name
}
