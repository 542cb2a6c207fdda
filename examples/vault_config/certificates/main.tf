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

  name                 = "prod-vault-pki"
  alarm_topic_arn      = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  audit_log_group_name = "/vault/prod-vault/audit"

  pki = {
    organization = "Example Insurance"
    address      = "https://vault.vault.svc:8200"
    private_ca = {
      authority_arn     = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/0d6c1c2e-0000-4000-8000-000000000000"
      signing_algorithm = "SHA256WITHRSA"
    }

    generations = {
      "2026" = { common_name = "Example Vault CA 1", validity_days = 1825 }
      "2030" = { common_name = "Example Vault CA 2", validity_days = 1825 }
    }
    # the other one is there already, for those who pin it
    signs = "2026"

    roles = {
      claims   = { domain = "claims.internal.example.com", client = true }
      payments = { domain = "payments.internal.example.com", ttl_seconds = 86400, max_ttl_seconds = 259200 }
    }
  }
}

output "ca_certificates" {
  description = "The CA's certificates, by generation."
  value       = module.vault_config.ca_certificates
}
