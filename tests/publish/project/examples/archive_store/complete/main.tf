terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "current" {}

module "archives" {
  for_each = toset(["dev", "prod"])
  source   = "../../../out/modules/archive_store"

  name = "${each.key}-archives"
  archives = {
    claims = { kind = "daily", labels = { Account = data.aws_caller_identity.current.account_id } }
    notes  = { kind = "yearly", expiry = { after_days = 400 } }
  }
}

output "archive_arns" {
  value = { for name, archives in module.archives : name => archives.archive_arns }
}
