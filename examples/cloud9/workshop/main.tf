# An environment that many look into, beside a role that the console has made.

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
      Environment        = "dev"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

locals {
  guests = toset(["cem", "dan", "eve"])
}

module "workshop" {
  source = "../../../out/modules/cloud9"

  name              = "workshop-cloud9"
  alarm_topic_arn   = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  existing_customer = true
  make_access_role  = false

  environments = {
    day-one = {
      owner_arn              = "arn:aws:sts::111122223333:assumed-role/trainers/ann"
      subnet_id              = "subnet-0c1d2e3f4a5b60001"
      automatic_stop_minutes = 240
      members = merge(
        { ben = { user_arn = "arn:aws:sts::111122223333:assumed-role/trainers/ben", permissions = "read-write" } },
        { for name in local.guests : name => { user_arn = "arn:aws:sts::111122223333:assumed-role/guests/${name}" } },
      )
    }
  }
}

output "urls" {
  description = "Where the environment opens."
  value       = module.workshop.urls
}
