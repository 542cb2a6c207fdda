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

module "collectors" {
  source = "../../../out/modules/collectors"

  name            = "prod-collectors"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  tenant = "prod"
  loki = {
    url      = "http://loki-gateway.loki.svc.cluster.local/loki/api/v1/push"
    password = { secret_name = "loki-login" }
  }
}

output "namespace" {
  description = "Where the collectors run."
  value       = module.collectors.namespace
}
