# A cluster after its ceremony, and a second one before it.

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

module "payments" {
  source = "../../../out/modules/cloudhsm"

  name                     = "payments-cloudhsm"
  alarm_topic_arn          = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/platform-boundary"

  subnets = {
    us-east-1a = "subnet-0a1b2c3d4e5f60001"
    us-east-1b = "subnet-0a1b2c3d4e5f60002"
    us-east-1c = "subnet-0a1b2c3d4e5f60003"
  }
  first_zone = "us-east-1a"
  clients    = { payments = "sg-0a1b2c3d4e5f60001" }

  initialized = true
  ceremony = {
    cluster_id = "cluster-abcdefghij2"
    held_on    = "2026-11-30"
    witnesses  = ["Ann Archer", "Ben Baker"]
  }
  additional_hsms       = { busy = "us-east-1b" }
  backup_retention_days = 365
}

module "signing" {
  source = "../../../out/modules/cloudhsm"

  name            = "signing-cloudhsm"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  subnets    = { us-east-1a = "subnet-0a1b2c3d4e5f60001", us-east-1b = "subnet-0a1b2c3d4e5f60002" }
  first_zone = "us-east-1b"
  mode       = "NON_FIPS"
}

output "hsm_ip_addresses" {
  description = "Where clients of the payments find HSMs."
  value       = module.payments.hsm_ip_addresses
}
