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
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "restricted"
      ManagedBy          = "terraform"
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

module "cert_manager" {
  source = "../../../out/modules/cert_manager"

  name            = "prod-cert-manager"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  private_ca_issuers = {
    internal = {
      ca_arn = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000001"
    }
  }

  certificates = {
    payments-api = {
      namespace          = "payments"
      secret_name        = "payments-api-tls"
      dns_names          = ["payments-api.payments.svc", "payments-api.payments.svc.cluster.local"]
      issuer             = "internal"
      duration_hours     = 336
      renew_before_hours = 168
      alarm_before_hours = 72
      usages             = ["client auth", "server auth"]
    }
  }
}

output "issuers" {
  description = "What a Certificate's issuerRef names."
  value       = module.cert_manager.issuers
}

output "certificate_secrets" {
  description = "Where the certificates are, as namespace and name."
  value       = module.cert_manager.certificate_secrets
}
