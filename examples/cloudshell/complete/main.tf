# Production in a network of its own, and a sandbox in the same account.

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
  source = "../../../out/modules/cloudshell"

  name            = "prod-cloudshell"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  use_topic_arn   = "arn:aws:sns:us-east-1:111122223333:platform-warnings"
  cluster_name    = "prod"
  bucket_name     = "prod-cloudshell-111122223333"
  downloads       = "bucket"

  developers = {
    developers = { role_arn = "arn:aws:iam::111122223333:role/developers" }
    support = {
      role_arn      = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_support_0a1b2c3d4e5f6071"
      namespaces    = ["claims", "payments"]
      attach_policy = false
    }
  }

  vpc_environment = {
    vpc_id             = "vpc-0a1b2c3d4e5f60001"
    subnet_ids         = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
    security_group_ids = ["sg-0a1b2c3d4e5f60001"]
  }
  sessions         = { source_cidrs = ["198.51.100.0/24"] }
  boundary_actions = ["cloudwatch:GetMetricData", "logs:FilterLogEvents"]
}

module "sandbox" {
  source = "../../../out/modules/cloudshell"

  name            = "sandbox-cloudshell"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  cluster_name    = "sandbox"
  bucket_name     = "sandbox-cloudshell-111122223333"

  developers    = { developers = { role_arn = "arn:aws:iam::111122223333:role/developers", access = "edit" } }
  report_use    = false
  force_destroy = true
}

output "bootstrap_commands" {
  description = "What people paste into a new shell, by environment."
  value       = { prod = module.prod.bootstrap_command, sandbox = module.sandbox.bootstrap_command }
}

output "boundary_policy_arn" {
  description = "The permissions boundary of production's roles of people."
  value       = module.prod.boundary_policy_arn
}
