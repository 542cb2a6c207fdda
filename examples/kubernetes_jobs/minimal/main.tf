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

module "jobs" {
  source = "../../../out/modules/kubernetes_jobs"

  name            = "dev-jobs"
  namespace       = "jobs"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-alarms"
  cluster = {
    name              = "sandbox"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  cron_jobs = {
    cleanup = {
      image                  = "111122223333.dkr.ecr.us-east-1.amazonaws.com/cleanup:3.1.0"
      schedule               = "0 3 * * *"
      success_within_minutes = 1560
    }
  }
}

output "namespace" {
  description = "Where to look."
  value       = module.jobs.namespace
}
