terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    vault = {
      source  = "hashicorp/vault"
      version = ">= 5.6.0, < 6.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

# By the AWS role that Terraform runs with: Vault's method aws has a role for it.
provider "vault" {
  address = "https://vault.vault.svc:8200"

  auth_login_aws {
    role         = "groundplan"
    aws_region   = "us-east-1"
    header_value = "vault.vault.svc"
  }
}

module "vault_config" {
  source = "../../../out/modules/vault_config"

  name                 = "prod-vault-config"
  alarm_topic_arn      = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  audit_log_group_name = "/vault/prod-vault/audit"
}

output "policy_names" {
  description = "The policies that there are by this call: none yet."
  value       = module.vault_config.policy_names
}
