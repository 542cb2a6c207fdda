# Two Vaults in one cluster: one for everybody, and one for the payment zone, whose secrets have keys, an audit log and
# people of their own.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38.0, < 3.0.0"
    }
  }
}

locals {
  cluster_name = "prod"

  vaults = {
    platform = {
      release_name       = "vault"
      replicas           = 5
      data_volume_gib    = 20
      csi_enabled        = true
      injector_enabled   = true
      snapshot_cron      = "17 */4 * * *"
      retention_days     = 90
      alarm_after_hours  = 9
      log_retention_days = 731
    }
    payments = {
      release_name       = "payments-vault"
      replicas           = 3
      data_volume_gib    = 10
      csi_enabled        = false
      injector_enabled   = false
      snapshot_cron      = "47 * * * *"
      retention_days     = 365
      alarm_after_hours  = 3
      log_retention_days = 2557
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

data "aws_eks_cluster" "this" {
  name = local.cluster_name
}

data "aws_eks_cluster_auth" "this" {
  name = local.cluster_name
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.this.token
  }
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.this.token
}

module "vault" {
  for_each = local.vaults
  source   = "../../../out/modules/vault"

  name            = "prod-${each.key}-vault"
  namespace       = "${each.key}-vault"
  release_name    = each.value.release_name
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  cluster = {
    name              = local.cluster_name
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  }

  issuer = {
    name  = "private-ca"
    kind  = "AWSPCAClusterIssuer"
    group = "awspca.cert-manager.io"
  }

  replicas         = each.value.replicas
  data_volume_gib  = each.value.data_volume_gib
  csi_enabled      = each.value.csi_enabled
  injector_enabled = each.value.injector_enabled

  service_monitor = {
    labels = { release = "monitoring" }
  }

  snapshots = {
    cron              = each.value.snapshot_cron
    retention_days    = each.value.retention_days
    alarm_after_hours = each.value.alarm_after_hours
  }

  copies = {
    region           = "us-west-2"
    unseal_role_arns = ["arn:aws:iam::111122223333:role/dr-${each.key}-vault-server"]
  }

  log_retention_days = each.value.log_retention_days

  extra_values = {
    server = {
      nodeSelector = { "karpenter.sh/capacity-type" = "on-demand" }
    }
  }

  tags = {
    Team = each.key
  }
}

output "addresses" {
  description = "Where applications of the cluster reach each Vault."
  value       = { for name, vault in module.vault : name => vault.address }
}

output "audit_log_groups" {
  description = "Where each Vault's audit log is."
  value       = { for name, vault in module.vault : name => vault.audit_log_group_name }
}

output "snapshot_bindings" {
  description = "Service account that each Vault's role for snapshots must be bound to."
  value = {
    for name, vault in module.vault : name => {
      namespace       = vault.namespace
      service_account = vault.snapshot_service_account_name
    }
  }
}
