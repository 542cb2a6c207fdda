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
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "restricted"
      ManagedBy          = "terraform"
    }
  }
}

module "secrets" {
  source = "../../../out/modules/secrets_manager"

  name            = "prod-payments-secrets"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-security-alarms"
  organization_id = "o-exampleorg0"

  secrets = {
    gateway-key = {
      kind        = "api_key"
      description = "Key of the payment gateway"
      provider    = "gateway"
      rotation    = { automatically_after_days = 30, window_hours = 4 }
    }
  }

  # how the gateway makes a key, proves it and ends the old one
  api_key_providers = {
    gateway = {
      key_id_pointer = "/api_key_id"
      create = {
        url            = "https://api.example.com/v1/keys"
        body           = { label = "payments" }
        key_pointer    = "/data/secret"
        key_id_pointer = "/data/id"
      }
      probe  = { url = "https://api.example.com/v1/whoami" }
      revoke = { url = "https://api.example.com/v1/keys/{key_id}" }
    }
  }

  consumers = {
    payments-api = {
      secrets   = ["gateway-key"]
      role_arns = ["arn:aws:iam::111122223333:role/payments-api"]
    }
  }
}

output "consumer_policy_arn" {
  description = "To attach to the role of the payments API."
  value       = module.secrets.consumer_policy_arns["payments-api"]
}
