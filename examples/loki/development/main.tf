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

module "loki" {
  source = "../../../out/modules/loki"

  name            = "sandbox-loki"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  cluster = {
    name              = "sandbox"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }

  storage = {
    bucket_name       = "sandbox-monitoring-loki-data"
    ruler_bucket_name = "sandbox-monitoring-loki-ruler"
    kms_key_arn       = "arn:aws:kms:us-east-1:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
  }

  mode           = "monolithic"
  retention_days = 7
  gateway        = { secret_name = "loki-users", min_replicas = 1, max_replicas = 1 }
}

output "url" {
  description = "Where Grafana asks for logs."
  value       = module.loki.url
}
