# Mimir with one pod of each component, for a sandbox.
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
      CostCenter         = "4713"
      DataClassification = "internal"
      Environment        = "sandbox"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = "sandbox"
}

data "aws_eks_cluster_auth" "this" {
  name = "sandbox"
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

module "mimir" {
  source = "../../../out/modules/mimir"

  name            = "sandbox-mimir"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  cluster = {
    name              = "sandbox"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }

  storage = {
    blocks_bucket_name       = "sandbox-monitoring-mimir-blocks"
    ruler_bucket_name        = "sandbox-monitoring-mimir-ruler"
    alertmanager_bucket_name = "sandbox-monitoring-mimir-alertmanager"
    kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  retention_days = 7
  gateway        = { secret_name = "mimir-users", min_replicas = 1, max_replicas = 1 }

  alerts = {
    critical_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"
    warning_topic_arn  = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"
  }

  ingesters        = { replicas = 1, volume_gib = 10, memory_mebibytes = 1024 }
  store_gateways   = { replicas = 1, volume_gib = 5, memory_mebibytes = 512 }
  distributors     = { min_replicas = 1, max_replicas = 1 }
  queriers         = { min_replicas = 1, max_replicas = 1 }
  query_frontends  = { min_replicas = 1, max_replicas = 1 }
  query_schedulers = { replicas = 1, memory_mebibytes = 128 }
  compactors       = { replicas = 1, volume_gib = 10 }
  rulers           = { min_replicas = 1, max_replicas = 1 }
  alertmanagers    = { replicas = 1, volume_gib = 1, memory_mebibytes = 128 }
}

output "query_url" {
  description = "Where Grafana asks for metrics."
  value       = module.mimir.query_url
}
