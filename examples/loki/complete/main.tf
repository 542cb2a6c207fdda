# Loki twice in one cluster, for two teams that share nothing, each in a namespace of its own.

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
  name = "claims"
}

data "aws_eks_cluster_auth" "this" {
  name = "claims"
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

locals {
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  teams = {
    platform = {
      retention_days = 400
      tenants = {
        platform = { max_query_length_days = 400 }
        claims = {
          retention_days          = 90
          ingestion_rate_mb       = 20
          ingestion_burst_size_mb = 40
          streams                 = [{ selector = "{container=\"audit\"}", days = 400, priority = 10 }]
        }
      }
    }
    payments = {
      retention_days = 365
      tenants        = { payments = { max_global_streams_per_user = 20000 } }
    }
  }
}

module "loki" {
  for_each = local.teams
  source   = "../../../out/modules/loki"

  name            = "prod-${each.key}-loki"
  alarm_topic_arn = local.alarm_topic_arn
  cluster         = local.cluster
  namespace       = "loki-${each.key}"

  storage = {
    bucket_name       = "example-${each.key}-logs"
    ruler_bucket_name = "example-${each.key}-log-rules"
    kms_key_arn       = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  gateway        = { external_secret = { store = "aws-secrets-manager", key = "prod/${each.key}/loki-users" } }
  zones          = ["us-east-1a", "us-east-1b", "us-east-1c"]
  retention_days = each.value.retention_days
  tenants        = each.value.tenants

  ruler = {
    alertmanager_url  = "http://mimir-gateway.mimir.svc.cluster.local/alertmanager"
    alertmanager_user = { external_secret = { store = "aws-secrets-manager", key = "prod/${each.key}/loki-mimir" } }
  }
  chunks_cache  = { memory_mebibytes = 4096 }
  results_cache = {}
  metrics       = {}
}

output "push_urls" {
  description = "Where collectors push logs to, by team."
  value       = { for team, made in module.loki : team => made.push_url }
}
