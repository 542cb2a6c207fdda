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

module "loki" {
  source = "../../../out/modules/loki"

  name            = "prod-loki"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  storage = {
    bucket_name       = "monitoring-loki-data"
    ruler_bucket_name = "monitoring-loki-ruler"
    kms_key_arn       = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  gateway = { secret_name = "loki-users" }
  zones   = ["us-east-1a", "us-east-1b", "us-east-1c"]
}

output "push_url" {
  description = "Where collectors push logs to."
  value       = module.loki.push_url
}
