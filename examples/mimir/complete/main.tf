# Mimir twice in one cluster, for two teams that share nothing, each in a namespace of its own.

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
      retention_days = 730
      tenants = {
        platform = { max_query_length_days = 730 }
        claims   = { retention_days = 90, ingestion_rate = 100000, ingestion_burst_size = 1000000 }
      }
    }
    payments = {
      retention_days = 400
      tenants        = { payments = { max_global_series_per_user = 2000000 } }
    }
  }
}

module "mimir" {
  for_each = local.teams
  source   = "../../../out/modules/mimir"

  name            = "prod-${each.key}-mimir"
  alarm_topic_arn = local.alarm_topic_arn
  cluster         = local.cluster
  namespace       = "mimir-${each.key}"

  storage = {
    blocks_bucket_name       = "example-${each.key}-metrics"
    ruler_bucket_name        = "example-${each.key}-metric-rules"
    alertmanager_bucket_name = "example-${each.key}-silences"
    kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  gateway = {
    external_secret = { store = "aws-secrets-manager", key = "prod/${each.key}/mimir-users" }
    writers         = ["tempo"]
    rulers          = ["loki"]
  }

  alerts = {
    critical_topic_arn = "arn:aws:sns:us-east-1:111122223333:${each.key}-critical"
    warning_topic_arn  = "arn:aws:sns:us-east-1:111122223333:${each.key}-warning"
    info_topic_arn     = "arn:aws:sns:us-east-1:111122223333:${each.key}-info"
    kms_key_arn        = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000001"
  }

  zones          = ["us-east-1a", "us-east-1b", "us-east-1c"]
  retention_days = each.value.retention_days
  limits         = { max_query_length_days = 400 }
  tenants        = each.value.tenants

  keda           = { prometheus_url = "http://prometheus.monitoring.svc:9090" }
  chunks_cache   = { memory_mebibytes = 4096 }
  index_cache    = {}
  metadata_cache = { memory_mebibytes = 512 }
  results_cache  = {}
  metrics        = {}
}

output "push_urls" {
  description = "Where collectors write metrics to, by team."
  value       = { for team, made in module.mimir : team => made.push_url }
}
