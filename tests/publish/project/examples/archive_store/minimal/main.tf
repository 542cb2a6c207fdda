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

module "archives" {
  source = "../../../out/modules/archive_store"

  name = "dev-archives"
}

output "topic_arn" {
  value = module.archives.topic_arn
}
