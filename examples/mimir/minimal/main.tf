# Mimir with everything at its default.
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

module "mimir" {
  source = "../../../out/modules/mimir"

  name            = "prod-mimir"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  storage = {
    blocks_bucket_name       = "monitoring-mimir-blocks"
    ruler_bucket_name        = "monitoring-mimir-ruler"
    alertmanager_bucket_name = "monitoring-mimir-alertmanager"
    kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  gateway = { secret_name = "mimir-users" }

  alerts = {
    critical_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-critical"
    warning_topic_arn  = "arn:aws:sns:us-east-1:111122223333:prod-warning"
  }
}

output "push_url" {
  description = "Where collectors write metrics to."
  value       = module.mimir.push_url
}
